use super::*;

/// Joined, so that no form stands in this file.
fn join(parts: &[&str]) -> String {
    parts.concat()
}

/// Thirty-six characters with the checksum of GitHub's tokens.
const SUMMED: &str = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17";
const HEX32: &str = "4b9f3c01d27ae8650f1b94c6a2d87e35";
const HEX40: &str = "4b9f3c01d27ae8650f1b94c6a2d87e3519c0fe2b";
const MIX: &str = "Zq8vR2mXw0Lk5TyN7bHc3JdF9sGp1AeU6iOtQxYrBnMvCzKlWj4Dh8SgEfPa0uIo";

fn names(text: &str) -> Vec<&'static str> {
    find(text.as_bytes()).iter().map(|suspect| suspect.pattern.name).collect()
}

/// A form, a text that has it, and one that nearly has.
fn samples() -> Vec<(&'static str, String, String)> {
    let body = MIX[..40].to_owned();
    let row = |name, yes: &[&str], no: &[&str]| (name, join(yes), join(no));
    let (begin, end) = (["-----BE", "GIN "].concat(), "PRIVATE KEY-----");
    vec![
        row("private-key", &[&begin, "OPENSSH ", end, "\\n", &body], &[&begin, "PUBLIC KEY-----\n", &body]),
        row("putty-key", &["PuTTY-User-Key-", "File-3: ssh-ed25519"], &["PuTTY-User-Key-", "File: ssh"]),
        row(
            "age-key",
            &["AGE-SECRET-", "KEY-1", &"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".repeat(2)[..58]],
            &["AGE-SECRET-", "KEY-1QPZRY"],
        ),
        row("github-token", &["gh", "p_", SUMMED], &["gh", "p_", &SUMMED[..35], "8"]),
        row("github-long-token", &["gh", "s_", MIX], &["gh", "s_", &"a".repeat(60)]),
        row(
            "github-fine-grained-token",
            &["github_", "pat_", &MIX[..22], "_", &MIX[..59]],
            &["github_", "pat_", &MIX[..21], "_", &MIX[..59]],
        ),
        row("gitlab-token", &["gl", "pat-", &MIX[..20]], &["gl", "pat-", &"x".repeat(20)]),
        row("aws-access-key", &["AK", "IAQ5ZT7WLMX3RBKVHP"], &["AK", "IAIOSFODNN7EXAMPLE"]),
        row(
            "aws-secret-key",
            &["<property name=\"AWS_SECRET_", "ACCESS_KEY\" value=\"", &body, "\"/>"],
            &["AWS_SECRET_", "ACCESS_KEY=", &body, &body],
        ),
        row(
            "google-service-account",
            &["{\"type\": \"service_account\", \"private_", "key_id\": \"", HEX40, "\"}"],
            &["{\"public_key_id\": \"", HEX40, "\"}"],
        ),
        row("google-api-key", &["AI", "za", &MIX[..35]], &["AI", "za", &MIX[..30]]),
        row("google-client-secret", &["GOC", "SPX-", &MIX[..28]], &["GOC", "SPX-", &MIX[..10]]),
        row("google-access-token", &["ya", "29.", MIX], &["ya", "29.", &MIX[..20]]),
        row("azure-storage-key", &["Account", "Key=", MIX, &MIX[..22], "=="], &["Account", "Key=", MIX]),
        row("azure-shared-key", &["SharedAccess", "Key=", &MIX[..43], "="], &["SharedAccess", "Key=$(KEY)"]),
        row("azure-signed-url", &["?sv=2024&si", "g=", &MIX[..43], "%3D"], &["?si", "g=", &MIX[..20], "%3D"]),
        row("azure-client-secret", &["abc", "8Q", "~", &MIX[..34]], &["abc", "6Q", "~", &MIX[..34]]),
        row("slack-token", &["xo", "xb-1234567890-", &MIX[..24]], &["xo", "xb-your-token-goes-here"]),
        row("slack-app-token", &["xa", "pp-1-", &MIX[..40]], &["xa", "pp-1-short"]),
        row(
            "slack-webhook",
            &["https://hooks.sl", "ack.com/services/T0123/B0123/", &MIX[..30]],
            &["https://hooks.sl", "ack.com/services/docs"],
        ),
        row("stripe-key", &["sk_", "live_", &MIX[..24]], &["sk_", "test_", &MIX[..24]]),
        row("stripe-webhook-secret", &["wh", "sec_", &MIX[..32]], &["wh", "sec_test"]),
        row("npm-token", &["np", "m_", &MIX[..36]], &["np", "m_", &MIX[..34]]),
        row("pypi-token", &["py", "pi-AgEIcHlwaS5vcmc", MIX], &["py", "pi-upload-", MIX]),
        row("docker-token", &["dck", "r_pat_", &MIX[..27]], &["dck", "r_pat_", &MIX[..20]]),
        row("anthropic-key", &["sk-", "ant-api03-", MIX], &["sk-", "ant-api03-", &"x".repeat(64)]),
        row("openai-key", &["sk-", "proj-", &MIX[..20], "T3Blbk", "FJ", &MIX[..20]], &["sk-", "proj-", &MIX[..40]]),
        row("huggingface-token", &["h", "f_", "ZqvRmXwLkTyNbHcJdFsGpAeUiOtQxYrBnM"], &["h", "f_", &MIX[..34]]),
        row("sendgrid-key", &["S", "G.", &MIX[..22], ".", &MIX[..43]], &["S", "G.", &MIX[..22]]),
        row("twilio-key", &["S", "K", HEX32], &["BRI", "SK", HEX32]),
        row("vault-token", &["hv", "s.", &MIX[..24]], &["hv", "s.read()"]),
        row("digitalocean-token", &["do", "p_v1_", HEX32, HEX32], &["do", "p_v1_", HEX32]),
        row("atlassian-token", &["ATA", "TT3", MIX], &["ATA", "TT3", &MIX[..20]]),
        row("grafana-token", &["gl", "sa_", &MIX[..32], "_4b9f3c01"], &["gl", "sa_", &MIX[..32]]),
        row("databricks-token", &["da", "pi", HEX32], &["da", "pi", &HEX32[..30]]),
        row("rubygems-key", &["ruby", "gems_", HEX32, &HEX32[..16]], &["ruby", "gems_", HEX32]),
        row("crates-io-token", &["ci", "o", &MIX[..32]], &["audi", "cio", &MIX[..32]]),
        row("telegram-token", &["123456789:", "AA", &MIX[..33]], &["123456789:", "AB", &MIX[..33]]),
        row(
            "jwt",
            &["ey", "JhbGciOiJIUzI1NiJ9.", "ey", "JzdWIiOiIxMjM0In0.", &MIX[..43]],
            &["ey", "JmYWNlIjoiSFMyNTYifQ.", "ey", "JzdWIiOiIxMjM0In0.", &MIX[..43]],
        ),
        row(
            "password-in-url",
            &["postgres://refunds:", "hunter2", "@db.example.com/refunds"],
            &["postgres://refunds:", "${PASSWORD}", "@db.example.com/refunds"],
        ),
        row(
            "authorization-header",
            &["> Author", "ization: Bearer ", &MIX[..24]],
            &["Author", "ization: Bearer <token>"],
        ),
        row(
            "assigned-password",
            &["<property name=\"DB_PASS", "WORD\" value=\"kX93mmQz7\"/>"],
            &["let pass", "word = std::env::var(\"DB_1\");"],
        ),
    ]
}

#[test]
fn e15_each_form_is_found_and_what_nearly_has_it_is_not() {
    let samples = samples();
    let known: Vec<&str> = PATTERNS.iter().map(|pattern| pattern.name).collect();
    let tried: Vec<&str> = samples.iter().map(|(name, ..)| *name).collect();
    assert_eq!(tried, known, "every form has its sample");
    for (name, yes, no) in samples {
        assert!(names(&format!("a {yes} b")).contains(&name), "{name} is not found");
        assert!(names(&format!("line\\n{yes}")).contains(&name), "{name} is not found behind an escaped line break");
        assert_eq!(names(&format!("a {no} b")), [""; 0], "{name} is found where it is not");
    }
}

#[test]
fn e15_what_is_shown_is_not_secret() {
    for (name, yes, _) in samples() {
        for suspect in find(yes.as_bytes()) {
            assert!(suspect.begins.len() <= suspect.pattern.open, "{name}");
            assert!(
                !suspect.begins.contains(&MIX[..4]) && !suspect.begins.contains(&HEX32[..4]),
                "{name}: {}",
                suspect.begins
            );
        }
    }
}

#[test]
fn names_are_names_of_the_format_and_unique() {
    let mut seen = std::collections::BTreeSet::new();
    for pattern in PATTERNS {
        let is_name = pattern.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(is_name && pattern.name.len() <= 64 && seen.insert(pattern.name), "{}", pattern.name);
    }
}

#[test]
fn every_place_is_named_with_its_line_up_to_a_hundred() {
    let token = join(&["gh", "p_", SUMMED]);
    let text = format!("{token}\n\n{token} {token}\n");
    let lines: Vec<usize> = find(text.as_bytes()).iter().map(|suspect| suspect.line).collect();
    assert_eq!(lines, [1, 3, 3]);
    assert_eq!(find(format!("{token}\n").repeat(300).as_bytes()).len(), MOST);
}

#[test]
fn a_key_is_found_however_its_lines_are_joined() {
    let (begin, body) = (join(&["-----BE", "GIN RSA PRIVATE KEY-----"]), &MIX[..60]);
    for joint in
        ["\n", "\r\n", "\\n", "\n    ", "&#10;", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", "\"\n\""]
    {
        assert_eq!(names(&format!("{begin}{joint}{body}")), ["private-key"], "{joint:?}");
    }
    assert_eq!(names(&format!("a file begins with `{begin}`, and ends with another line")), [""; 0]);
}

#[test]
fn utf_16_is_read_and_what_is_no_text_is_told() {
    let text = join(&["https://ada:", "hunter2", "@example.com"]);
    let wide = |unit: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
    };
    for bytes in [wide(u16::to_le_bytes, [0xff, 0xfe]), wide(u16::to_be_bytes, [0xfe, 0xff]), text.clone().into_bytes()]
    {
        let found = text_of(&bytes).map(|text| find(&text).len());
        assert_eq!(found, Some(1));
    }
    assert_eq!(text_of(b"\x7fELF\x02\x01\0\0"), None);
    assert_eq!(text_of(b""), Some(b"".as_slice().into()));
}

#[test]
fn large_texts_are_read_in_a_moment_also_random_ones() {
    let line = "<testcase classname=\"refunds.limits\" name=\"test_amount_is_100\" time=\"0.013\"/>\n";
    let mut seed = 7_u64;
    let mut letter = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        MIX.as_bytes()[usize::try_from(seed >> 33).expect("31 bits") % 62]
    };
    let random: Vec<u8> = (0..5 << 20).map(|at| if at % 76 == 75 { b'\n' } else { letter() }).collect();
    for text in [line.repeat((5 << 20) / line.len()).into_bytes(), random] {
        let begun = std::time::Instant::now();
        assert_eq!(find(&text), []);
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    }
}
