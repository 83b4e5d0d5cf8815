//! The forms: one line each.

use super::likely::{by_form, has_checksum, is_jwt, is_password, is_random, is_random_mix, is_set_password};

/// A form of secret.
pub struct Pattern {
    /// What it is called in messages and records; never given to another form.
    pub name: &'static str,
    /// How many characters at its beginning are the same for all, and may be shown.
    pub open: usize,
    /// A regular expression over bytes; its first group, if it has one, is the secret itself.
    pub(super) expression: &'static str,
    /// What tells it from other texts of the form.
    pub(super) check: fn(&[u8]) -> bool,
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Pattern {}

macro_rules! patterns {
    ($($name:literal $open:literal $check:ident $expression:expr;)*) => {
        /// Every form that is known.
        pub static PATTERNS: &[Pattern] =
            &[$(Pattern { name: $name, open: $open, expression: $expression, check: $check },)*];
    };
}

/// Between a name and its value, in configuration, JSON, XML properties, and any of them escaped.
macro_rules! named {
    ($names:literal, $value:literal) => {
        concat!(
            "(?i)(?:",
            $names,
            r#")(?:\\?"|'|&quot;)?\s{0,4}(?:=>|[:=]|,?\s{1,4}value\s?[:=])\s{0,4}(?:\\?"|'|&quot;)?"#,
            $value
        )
    };
}

// Sources: the documentation of who issues them. A word boundary before each is checked apart from the expression.
patterns! {
    "private-key" 10 by_form r#"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:[\s"'+>|#*,]|\\[nr]|&#(?:10|13|x[AaDd]);|[A-Za-z-]{1,30}: [^\r\n\\&]{0,})*[A-Za-z0-9+/]{32}"#;
    "putty-key" 20 by_form r"PuTTY-User-Key-File-[23]: ";
    "age-key" 16 by_form r"AGE-SECRET-KEY-(?:PQ-)?1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}";
    "github-token" 4 has_checksum r"gh[opusr]_([A-Za-z0-9]{36})\b";
    "github-long-token" 4 is_random_mix r"gh[opusr]_([A-Za-z0-9_.-]{50,})";
    "github-fine-grained-token" 11 is_random_mix r"github_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})";
    "gitlab-token" 6 is_random r"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct)-([A-Za-z0-9_=.-]{20,})";
    "aws-access-key" 4 is_random r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b";
    "aws-secret-key" 0 is_random_mix named!("secret_?access_?key|aws_?secret_?key|secretkey", r"([a-z0-9/+]{40})(?:[^a-z0-9/+=]|$)");
    "google-service-account" 0 by_form r#"\\?"private_key_id\\?"\s{0,4}:\s{0,4}\\?"[0-9a-f]{40}"#;
    "google-api-key" 4 is_random r"AIza([0-9A-Za-z_-]{35})";
    "google-client-secret" 7 is_random r"GOCSPX-([A-Za-z0-9_-]{28})";
    "google-access-token" 5 is_random r"ya29\.([A-Za-z0-9_-]{30,})";
    "azure-storage-key" 11 is_random r"AccountKey=([A-Za-z0-9+/]{86}==)";
    "azure-shared-key" 16 is_random r"SharedAccessKey=([A-Za-z0-9+/]{43}=)";
    "azure-signed-url" 4 is_random_mix r"(?i)sig=([a-z0-9%+/_-]{43,90}(?:%3d|=))";
    "azure-client-secret" 0 is_random r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}";
    "slack-token" 4 is_random_mix r"xox[abceoprs][.-](?:[a-z]-)?([A-Za-z0-9-]{20,})";
    "slack-app-token" 5 is_random_mix r"xapp-[0-9]-([A-Za-z0-9-]{30,})";
    "slack-webhook" 24 is_random_mix r"https://hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{40,})";
    "stripe-key" 8 is_random r"(?:sk|rk)_live_([A-Za-z0-9]{16,})";
    "stripe-webhook-secret" 6 is_random r"whsec_([A-Za-z0-9+/]{32,})";
    "npm-token" 4 is_random r"npm_([A-Za-z0-9]{36})\b";
    "pypi-token" 5 by_form r"pypi-AgE[A-Za-z0-9_-]{50,}";
    "docker-token" 6 is_random r"dckr_(?:pat|oat)_([A-Za-z0-9_-]{27,64})";
    "anthropic-key" 7 is_random r"sk-ant-([a-z0-9]{1,12}-[A-Za-z0-9_-]{32,})";
    "openai-key" 3 is_random r"sk-((?:[a-z]{2,12}-)?[A-Za-z0-9_-]{16,}T3BlbkFJ[A-Za-z0-9_-]{16,})";
    "huggingface-token" 3 is_random r"hf_([A-Za-z]{34})\b";
    "sendgrid-key" 3 is_random r"SG\.([A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})";
    "twilio-key" 2 is_random_mix r"SK([0-9a-f]{32})\b";
    "vault-token" 4 is_random r"hv[sbr]\.([A-Za-z0-9_-]{24,})";
    "digitalocean-token" 7 is_random r"do[opr]_v1_([a-f0-9]{64})";
    "atlassian-token" 6 is_random r"ATATT3([A-Za-z0-9_=-]{50,})";
    "grafana-token" 5 is_random r"glsa_([A-Za-z0-9]{32}_[A-Fa-f0-9]{8})";
    "databricks-token" 4 is_random_mix r"dapi([a-f0-9]{32})\b";
    "rubygems-key" 9 is_random r"rubygems_([a-f0-9]{48})";
    "crates-io-token" 3 is_random_mix r"cio([A-Za-z0-9]{32})\b";
    "telegram-token" 0 is_random r"[0-9]{8,10}:(AA[A-Za-z0-9_-]{33})\b";
    "jwt" 3 is_jwt r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}";
    "password-in-url" 0 is_password r#"(?i)[a-z][a-z0-9+.-]{1,30}://[^\s/?#:@"'<>\\]{0,100}:([^\s/?#@"'<>\\]{1,256})@[a-z0-9\[_-]"#;
    "authorization-header" 13 is_random_mix named!("authorization", r"(?:b')?(?:bearer|basic|token)\s{1,4}([a-z0-9+/=._~-]{12,})");
    "assigned-password" 0 is_set_password named!("password|passwd|passphrase|client[_-]?secret|secret[_-]?key|api[_-]?key|access[_-]?token|auth[_-]?token", r#"([^\s"'<>&\\,;]{8,128})"#);
}
