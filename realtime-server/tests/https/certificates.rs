//! Files that hold certificates, and what happens when they change.

use std::{fs, sync::Arc, time::Duration};

use realtime_server::{config::TlsConfig, http::Tls, metrics::Metrics};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    authority::{Authority, NAME},
    rig::{Rig, Secure},
    soon, until,
};

/// The certificate that a server has shown.
fn shown(stream: &Secure) -> Vec<u8> {
    let chain = stream.get_ref().1.peer_certificates().unwrap();
    chain[0].to_vec()
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let authority = Authority::new("errors");
    let good = authority.write("good", NAME);
    let other = authority.write("other", NAME);
    let empty = authority.path("empty");
    let missing = authority.path("missing");
    let broken = authority.path("broken");
    fs::write(&empty, "").unwrap();
    let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    fs::write(&broken, text).unwrap();
    for (chain, key, said) in [
        (&missing, &good.key, "missing: No such file or directory"),
        (
            &empty,
            &good.key,
            "empty holds no certificate: no line -----BEGIN CERTIFICATE-----",
        ),
        (&good.key, &good.key, "holds no certificate"),
        (
            &good.chain,
            &good.chain,
            "holds no private key that is not encrypted",
        ),
        (&good.chain, &missing, "missing: No such file or directory"),
        (
            &good.chain,
            &other.key,
            "other.key is not that of the certificate in ",
        ),
        (&broken, &good.key, "broken cannot be used: "),
    ] {
        let config = TlsConfig::new(chain, key);
        let error = Tls::load(config, Arc::new(Metrics::default())).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
    let nothing = Tls::load(TlsConfig::default(), Arc::default()).unwrap_err();
    assert_eq!(nothing.to_string(), "TLS needs a certificate and its key");
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_new_connections_and_cuts_no_old_one() {
    let rig = Rig::new("reload").await;
    let mut old = rig.http1().await;
    let first = shown(&old);
    rig.authority.write("first", NAME);
    rig.tls.reload().unwrap();
    let second = shown(&rig.http1().await);
    assert_ne!(first, second);
    assert_eq!(rig.metrics.tls_reloads.value(), 1);
    let head = "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    old.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(old.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.ends_with("ok"), "{answer}");
}

#[tokio::test]
async fn a_bad_new_certificate_leaves_the_old_one() {
    let rig = Rig::new("bad-reload").await;
    let first = shown(&rig.http1().await);
    // The key of another certificate.
    let (_, key) = rig.authority.issue(NAME);
    fs::write(rig.authority.path("first.key"), key).unwrap();
    rig.tls.reload().unwrap_err();
    assert_eq!(shown(&rig.http1().await), first);
    assert_eq!(rig.metrics.tls_reloads_failed.value(), 1);
    assert_eq!(rig.metrics.tls_reloads.value(), 0);
}

#[tokio::test]
async fn files_that_change_are_read_again_by_themselves() {
    let often = Duration::from_millis(20);
    let rig = Rig::with("watch", |settings| settings.tls.reload_interval = often).await;
    let first = shown(&rig.http1().await);
    // Renewed in two steps, between which they do not fit.
    let (chain, key) = rig.authority.issue(NAME);
    fs::write(rig.authority.path("first.pem"), chain).unwrap();
    until(|| rig.metrics.tls_reloads_failed.value() == 1).await;
    assert_eq!(shown(&rig.http1().await), first);
    fs::write(rig.authority.path("first.key"), key).unwrap();
    until(|| rig.metrics.tls_reloads.value() == 1).await;
    assert_ne!(shown(&rig.http1().await), first);
}

#[tokio::test]
async fn a_client_gets_the_certificate_for_the_name_it_asks_for() {
    let rig = Rig::with("names-of-several", |settings| {
        let second = settings.authority.write("second", "second.example");
        settings.tls.certificates.push(second);
    })
    .await;
    let second = rig.authority.client(&[]).name("second.example");
    let second = soon(second.open(rig.tcp().await)).await.unwrap();
    let first = rig.authority.client(&[]);
    let first = soon(first.open(rig.tcp().await)).await.unwrap();
    assert_ne!(shown(&first), shown(&second));
    // Nobody's: it gets the first, and does not like it.
    let nobody = rig.authority.client(&[]).name("third.example");
    let refused = soon(nobody.open(rig.tcp().await)).await.unwrap_err();
    assert!(
        refused.to_string().contains("not valid for name"),
        "{refused}"
    );
}
