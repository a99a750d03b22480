/// The side of the connection we are; it decides who masks (RFC 6455 section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// We opened the connection: what we receive is not masked.
    Client,
    /// We accepted the connection: what we receive is masked.
    Server,
}
