//! realtime-server
