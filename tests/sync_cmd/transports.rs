//! The same over ssh and over smart HTTP, each with a real server on the loopback.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::workshop::Workshop;

/// Says that a tool is missing, and fails where it must not be.
fn missing(what: &str) {
    assert!(std::env::var_os("QMS_REQUIRE_INTEROP").is_none(), "{what} is needed");
    eprintln!("SKIPPED: {what} is not installed");
}

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

fn wait_for(port: u16) {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < Duration::from_secs(10), "nothing listens on port {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An sshd of our own, with keys of its own; what to configure so that git uses it.
fn sshd(workshop: &Workshop) -> Option<(Server, String, String)> {
    let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].into_iter().map(Path::new).find(|path| path.exists())?;
    let (dir, port) = (workshop.path("sshd"), free_port());
    std::fs::create_dir(&dir).expect("a directory");
    for key in ["host", "user"] {
        let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(dir.join(key)).status();
        assert!(made.is_ok_and(|status| status.success()), "ssh-keygen");
    }
    std::fs::copy(dir.join("user.pub"), dir.join("authorized")).expect("a file");
    let d = dir.display();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {d}/host\nAuthorizedKeysFile {d}/authorized\nPidFile none\nStrictModes no\n\
         UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
    );
    std::fs::write(dir.join("config"), config).expect("a file");
    // The place that it asks for when it is started by root.
    let _ = std::fs::create_dir_all("/run/sshd");
    let log = std::fs::File::create(dir.join("log")).expect("a file");
    let child =
        Command::new(program).args(["-D", "-e", "-f"]).arg(dir.join("config")).stderr(log).spawn().expect("sshd");
    let server = Server(child);
    wait_for(port);
    let ssh = format!(
        "ssh -F none -i {d}/user -o IdentitiesOnly=yes -o UserKnownHostsFile={d}/known -o StrictHostKeyChecking=no -o BatchMode=yes"
    );
    let url = format!("ssh://127.0.0.1:{port}{}", workshop.path("origin.git").display());
    Some((server, url, ssh))
}

/// Two clones by this address exchange what they recorded; a server that went back is refused.
fn exchange(workshop: &Workshop, url: &str, config: &[[&str; 2]]) {
    let clone = |name: &str| {
        let settings = config.iter().flat_map(|[key, value]| ["-c".to_owned(), format!("{key}={value}")]);
        let args: Vec<String> = settings.chain(["clone", "-q", url, name].map(str::to_owned)).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        workshop.git_in(workshop.dir.path(), &args).ok();
        let clone = workshop.path(name);
        for [key, value] in config {
            workshop.git_in(&clone, &["config", key, value]).ok();
        }
        workshop.qms_in(&clone, &["sync", "--fetch-only"]).ok();
        clone
    };
    let (one, two) = (clone("one"), clone("two"));
    let mine = workshop.plan_in(&one, "CHG-2");
    let hers = workshop.plan_in(&two, "CHG-3");
    workshop.qms_in(&one, &["sync"]).ok().says("went    1 plan by ada");
    workshop.qms_in(&two, &["sync"]).ok().says("came    1 plan by ada");
    workshop.qms_in(&one, &["sync"]).ok().says("came    1 plan by ada");
    for clone in [&one, &two] {
        let plans = workshop.plans_in(clone);
        assert!(plans.contains(&mine) && plans.contains(&hers));
        workshop.verify_in(clone).passes();
    }
    // A plain fetch brings what is new beside the ledger.
    workshop.plan_in(&one, "CHG-4");
    workshop.qms_in(&one, &["sync"]).ok();
    let before = workshop.tip_in(&two, "refs/notes/qms");
    workshop.git_in(&two, &["fetch", "-q"]).ok();
    assert_eq!(workshop.tip_in(&two, "refs/notes/qms"), before);
    assert_eq!(workshop.tip_in(&two, "refs/qms/remotes/origin/notes"), workshop.tip_in(&one, "refs/notes/qms"));
    workshop.at_origin(&["update-ref", "refs/notes/qms", &workshop.made.before_release]);
    workshop.qms_in(&two, &["sync"]).exits(1).says("records were taken away there");
    workshop.at_origin(&["update-ref", "-d", "refs/notes/qms"]);
    workshop.qms_in(&two, &["sync"]).exits(1).says("gone");
}

#[test]
fn s01_over_ssh() {
    let workshop = Workshop::new();
    let Some((_server, url, ssh)) = sshd(&workshop) else { return missing("sshd (openssh-server)") };
    exchange(&workshop, &url, &[["core.sshCommand", &ssh]]);
}

/// Just enough of an HTTP server to hand each request to `git http-backend`.
fn serve(listener: &TcpListener, backend: &Path, root: &Path) {
    for stream in listener.incoming().map_while(Result::ok) {
        let (backend, root) = (backend.to_owned(), root.to_owned());
        std::thread::spawn(move || answer(stream, &backend, &root));
    }
}

fn answer(mut stream: TcpStream, backend: &Path, root: &Path) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let request: Vec<&str> = lines.next()?.split(' ').collect();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let header = |name: &str| headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
    if header("expect") == "100-continue" {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let mut body = Vec::new();
    if header("transfer-encoding") == "chunked" {
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                stream.read_exact(&mut byte).ok()?;
                line.push(byte[0]);
            }
            let size = usize::from_str_radix(std::str::from_utf8(&line).ok()?.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            stream.read_exact(&mut chunk).ok()?;
            if size == 0 {
                break;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    } else {
        body.resize(header("content-length").parse().unwrap_or(0), 0);
        stream.read_exact(&mut body).ok()?;
    }
    let (path, query) = request.get(1)?.split_once('?').unwrap_or((request.get(1)?, ""));
    let mut child = Command::new(backend)
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", root.join("gitconfig"))
        .env("REQUEST_METHOD", request[0])
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REMOTE_USER", "ada")
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut pipe = child.stdin.take()?;
    let writer = std::thread::spawn(move || pipe.write_all(&body));
    let said = child.wait_with_output().ok()?.stdout;
    let _ = writer.join();
    let end = said.windows(4).position(|part| part == b"\r\n\r\n")?;
    let (head, body) = (String::from_utf8_lossy(&said[..end]).into_owned(), &said[end + 4..]);
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{head}\r\n\r\n", body.len());
    stream.write_all(answer.as_bytes()).ok()?;
    stream.write_all(body).ok()
}

#[test]
fn s01_over_smart_http() {
    let workshop = Workshop::new();
    let folder = PathBuf::from(workshop.git(&["--exec-path"]));
    let (backend, client) = (folder.join("git-http-backend"), folder.join("git-remote-http"));
    if !backend.exists() || !client.exists() {
        return missing("git http-backend, or git's HTTP transport");
    }
    workshop.at_origin(&["config", "http.receivepack", "true"]);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let root = workshop.dir.path().to_owned();
    std::thread::spawn(move || serve(&listener, &backend, &root));
    exchange(&workshop, &format!("http://127.0.0.1:{port}/origin.git"), &[["http.proxy", ""]]);
}
