//! openapi-emit
