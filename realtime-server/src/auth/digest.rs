use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use subtle::ConstantTimeEq;

/// The SHA-256 of a secret. Digests are all of one length, so comparing them tells nothing of that of
/// the secret, and who gets hold of one cannot show the secret.
pub(super) struct Digest([u8; SHA256_OUTPUT_LEN]);

impl Digest {
    pub(super) fn of(secret: &[u8]) -> Self {
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        // Both have the length of SHA-256.
        bytes.copy_from_slice(digest(&SHA256, secret).as_ref());
        Self(bytes)
    }

    /// Whether both are of the same secret, in a time that tells nothing else.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_of_the_whole_secret() {
        let one = Digest::of(b"abc");
        // FIPS 180-4, the example of one block.
        let [first, .., last] = one.0;
        assert_eq!((first, last), (0xba, 0xad));
        assert!(one.is_same(&Digest::of(b"abc")));
        for other in [&b""[..], b"ab", b"abcd", b"abd"] {
            assert!(!one.is_same(&Digest::of(other)), "{other:?}");
        }
    }
}
