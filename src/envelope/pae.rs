//! The bytes that are signed: DSSE v1 pre-authentication encoding.
//!
//! Source: <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>.

/// `DSSEv1 SP len(type) SP type SP len(payload) SP payload`, lengths in bytes, decimal ASCII.
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    [head(payload_type, payload.len()).as_bytes(), payload].concat()
}

/// What stands before a payload of so many bytes.
pub(super) fn head(payload_type: &str, length: usize) -> String {
    format!("DSSEv1 {} {payload_type} {length} ", payload_type.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_dsse_specification() {
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }
}
