//! The same work by ws-frame, by other crates and by copying the bytes, in turns: `scripts/bench-ws`
//! runs it and puts the table that it prints into the README. Without that script's cfg there are
//! no peers to compare with, and nothing is done.

#[cfg(bench_peers)]
mod decode;
#[cfg(bench_peers)]
mod encode;
#[cfg(bench_peers)]
mod memory;
#[cfg(bench_peers)]
#[path = "../payload/mod.rs"]
mod payload;
#[cfg(bench_peers)]
mod table;

#[cfg(bench_peers)]
fn main() {
    table::print("decode, as a server; text is validated", decode::cells());
    table::print("encode", encode::cells());
}

#[cfg(not(bench_peers))]
fn main() {}
