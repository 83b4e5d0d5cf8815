"""Checks the signatures of a package of git-qms with git and Python alone: check.py REPOSITORY ROOT [ALLOWED_SIGNERS]"""

import base64, hashlib, json, subprocess, sys

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_M1 = pow(2, (P - 1) // 4, P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    sum_ = (0, 1, 1, 0)
    while n:
        if n & 1:
            sum_ = add(sum_, p)
        p, n = add(p, p), n >> 1
    return sum_


def point(data):  # RFC 8032, 5.1.3
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        raise ValueError("no point")
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_M1 % P
    if (x * x - x2) % P or (x == 0 and sign):
        raise ValueError("no point")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verifies(key, message, signature):  # RFC 8032, 5.1.7
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(point(signature[:32]), times(k, point(key)))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def signed(envelope):
    """What a DSSE envelope says it signs, and the message that was signed."""
    payload, kind = base64.b64decode(envelope["payload"], validate=True), envelope["payloadType"]
    return payload, b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def fingerprint(key):
    return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(key.split()[1])).digest()).decode().rstrip("=")


def git(*arguments):
    return subprocess.run(["git", "-C", REPOSITORY, *arguments], check=True, capture_output=True).stdout


def need(holds, what):
    if not holds:
        sys.exit("REJECTED: " + what)


REPOSITORY, ROOT = sys.argv[1], sys.argv[2].removeprefix("sha256:")
versions, keys, mails = [], {}, {}
for commit in git("rev-list", "--reverse", "refs/qms/trust").decode().split():
    envelope = json.loads(git("cat-file", "blob", commit + ":trust.json"))
    payload, message = signed(envelope)
    version, digest, number = json.loads(payload), hashlib.sha256(payload).hexdigest(), len(versions) + 1
    need(version["version"] == number, f"trust version {number} calls itself {version['version']}")
    need(digest == ROOT if number == 1 else version["previous"] == versions[-1][0], f"trust version {number} does not follow from ROOT")
    for member in version["members"]:
        for key in member["keys"]:
            keys[fingerprint(key)] = key
            mails[fingerprint(key)] = (member["emails"] or [member["id"]])[0]
    good = [one["keyid"] for one in envelope["signatures"] if one["keyid"] in keys
            and keys[one["keyid"]].startswith("ssh-ed25519 ")
            and verifies(base64.b64decode(keys[one["keyid"]].split()[1])[-32:], message, base64.b64decode(one["sig"]))]
    for judge in [version] + [old for _, old in versions[-1:]]:
        signers = {m["id"] for m in judge["members"] if "root" in m["roles"] and any(fingerprint(k) in good for k in m["keys"])}
        need(len(signers) >= judge["thresholds"]["root"], f"trust version {number} is not signed by enough root members")
    versions.append((digest, version))
need(versions, "there is no trust")

count = hardware = 0
for line in git("ls-tree", "-r", "refs/notes/qms").decode().splitlines():
    meta, path = line.split("\t")
    commit = path.replace("/", "")
    for text in filter(None, git("cat-file", "blob", meta.split()[2]).split(b"\n")):
        where = f"a record on {commit}, line {hashlib.sha256(text).hexdigest()[:12]}"
        envelope = json.loads(text)
        payload, message = signed(envelope)
        signature, = envelope["signatures"]
        need(signature["keyid"] in keys, where + ": its key belongs to no member")
        key = keys[signature["keyid"]]
        if not key.startswith("ssh-ed25519 "):
            hardware += 1  # Signed by a hardware key, in a form of its own: git qms verify checks it.
        else:
            need(verifies(base64.b64decode(key.split()[1])[-32:], message, base64.b64decode(signature["sig"])), where + ": its signature does not hold")
        subject = json.loads(payload)["subject"][0]
        need(subject["digest"]["gitCommit"] == commit, where + ": it speaks of another commit")
        need(subject["annotations"]["qms"]["project"] == ROOT, where + ": it is of another project")
        count += 1
if len(sys.argv) > 3:
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        file.writelines(f'{mails[one]} namespaces="git" {key}\n' for one, key in keys.items())
print(f"good: {len(versions)} trust versions, {count} records" + (f", {hardware} of them by hardware keys, not checked" if hardware else ""))
