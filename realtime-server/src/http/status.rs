//! Status codes and their reason phrases.

use std::fmt;

/// A final status code that this server can send. There is no way to make another one, so the
/// reason phrase always comes from this table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status(u16);

macro_rules! statuses {
    ($($name:ident $code:literal $reason:literal $section:literal;)*) => {
        impl Status {
            $(
                #[doc = concat!("`", stringify!($code), " ", $reason, "`, ", $section, ".")]
                pub const $name: Self = Self($code);
            )*

            /// The reason phrase of the code.
            pub const fn reason(self) -> &'static str {
                match self.0 {
                    $($code => $reason,)*
                    // A code of another origin does not exist; the phrase may be empty by RFC
                    // 9112 section 4.
                    _ => "",
                }
            }
        }
    };
}

statuses! {
    SWITCHING_PROTOCOLS 101 "Switching Protocols" "RFC 9110 section 15.2.2";
    OK 200 "OK" "RFC 9110 section 15.3.1";
    CREATED 201 "Created" "RFC 9110 section 15.3.2";
    ACCEPTED 202 "Accepted" "RFC 9110 section 15.3.3";
    NO_CONTENT 204 "No Content" "RFC 9110 section 15.3.5";
    PARTIAL_CONTENT 206 "Partial Content" "RFC 9110 section 15.3.7";
    MOVED_PERMANENTLY 301 "Moved Permanently" "RFC 9110 section 15.4.2";
    FOUND 302 "Found" "RFC 9110 section 15.4.3";
    SEE_OTHER 303 "See Other" "RFC 9110 section 15.4.4";
    NOT_MODIFIED 304 "Not Modified" "RFC 9110 section 15.4.5";
    TEMPORARY_REDIRECT 307 "Temporary Redirect" "RFC 9110 section 15.4.8";
    PERMANENT_REDIRECT 308 "Permanent Redirect" "RFC 9110 section 15.4.9";
    BAD_REQUEST 400 "Bad Request" "RFC 9110 section 15.5.1";
    UNAUTHORIZED 401 "Unauthorized" "RFC 9110 section 15.5.2";
    FORBIDDEN 403 "Forbidden" "RFC 9110 section 15.5.4";
    NOT_FOUND 404 "Not Found" "RFC 9110 section 15.5.5";
    METHOD_NOT_ALLOWED 405 "Method Not Allowed" "RFC 9110 section 15.5.6";
    NOT_ACCEPTABLE 406 "Not Acceptable" "RFC 9110 section 15.5.7";
    REQUEST_TIMEOUT 408 "Request Timeout" "RFC 9110 section 15.5.9";
    CONFLICT 409 "Conflict" "RFC 9110 section 15.5.10";
    GONE 410 "Gone" "RFC 9110 section 15.5.11";
    PRECONDITION_FAILED 412 "Precondition Failed" "RFC 9110 section 15.5.13";
    CONTENT_TOO_LARGE 413 "Content Too Large" "RFC 9110 section 15.5.14";
    URI_TOO_LONG 414 "URI Too Long" "RFC 9110 section 15.5.15";
    UNSUPPORTED_MEDIA_TYPE 415 "Unsupported Media Type" "RFC 9110 section 15.5.16";
    RANGE_NOT_SATISFIABLE 416 "Range Not Satisfiable" "RFC 9110 section 15.5.17";
    EXPECTATION_FAILED 417 "Expectation Failed" "RFC 9110 section 15.5.18";
    MISDIRECTED_REQUEST 421 "Misdirected Request" "RFC 9110 section 15.5.20";
    UNPROCESSABLE_CONTENT 422 "Unprocessable Content" "RFC 9110 section 15.5.21";
    UPGRADE_REQUIRED 426 "Upgrade Required" "RFC 9110 section 15.5.22";
    TOO_MANY_REQUESTS 429 "Too Many Requests" "RFC 6585 section 4";
    REQUEST_HEADER_FIELDS_TOO_LARGE 431 "Request Header Fields Too Large" "RFC 6585 section 5";
    INTERNAL_SERVER_ERROR 500 "Internal Server Error" "RFC 9110 section 15.6.1";
    NOT_IMPLEMENTED 501 "Not Implemented" "RFC 9110 section 15.6.2";
    BAD_GATEWAY 502 "Bad Gateway" "RFC 9110 section 15.6.3";
    SERVICE_UNAVAILABLE 503 "Service Unavailable" "RFC 9110 section 15.6.4";
    GATEWAY_TIMEOUT 504 "Gateway Timeout" "RFC 9110 section 15.6.5";
    HTTP_VERSION_NOT_SUPPORTED 505 "HTTP Version Not Supported" "RFC 9110 section 15.6.6";
}

impl Status {
    /// The three digits.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Whether a response with this status has neither content nor a length.
    //= https://www.rfc-editor.org/rfc/rfc9110#section-8.6
    //# A server MUST NOT send a Content-Length header field in any response with a status code
    //# of 1xx (Informational) or 204 (No Content).
    pub(crate) fn forbids_content(self) -> bool {
        matches!(
            self,
            Self::SWITCHING_PROTOCOLS | Self::NO_CONTENT | Self::NOT_MODIFIED
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.reason())
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
