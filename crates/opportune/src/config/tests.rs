use super::*;

fn load(overrides: &[&str]) -> anyhow::Result<Config> {
    let overrides: Vec<String> = overrides.iter().map(|&text| text.to_owned()).collect();
    Config::load(None, &overrides)
}

#[test]
fn the_defaults_are_complete_and_usable() {
    let config = load(&[]).unwrap();
    assert_eq!(config.server.address.to_string(), "127.0.0.1:50051");
    assert_eq!(config.worker.slots, 4);
    assert!(config.server.tls.files().is_none());
}

#[test]
fn what_is_printed_can_be_read_again_as_a_file() {
    let folder = tempfile();
    let printed = load(&["worker.slots=7"]).unwrap().to_toml().unwrap();
    let file = folder.join("settings.toml");
    std::fs::write(&file, &printed).unwrap();
    let again = Config::load(Some(&file), &[]).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(again.worker.slots, 7);
}

#[test]
fn passwords_are_masked_when_printed() {
    let config = load(&["database.url=postgres://ann:geheim@db.example/opportune"]).unwrap();
    assert_eq!(
        config.database.url.expose(),
        "postgres://ann:geheim@db.example/opportune"
    );
    let printed = config.to_toml().unwrap();
    assert!(!printed.contains("geheim"), "{printed}");
    assert!(!printed.contains("guest:guest"), "{printed}");
    assert!(!format!("{config:?}").contains("geheim"));
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    let message = load(&["worker.slotz=7"]).unwrap_err().to_string();
    assert!(message.contains("slotz") && message.contains("slots"), "{message}");
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_with_its_key() {
    let message = load(&["worker.slots=many"]).unwrap_err().to_string();
    assert!(message.contains("worker.slots"), "{message}");
}

#[test]
fn everybody_is_let_in_on_a_loopback_address_only() {
    let message = load(&["server.address=0.0.0.0:50051"]).unwrap_err().to_string();
    assert!(message.contains("loopback"), "{message}");
    assert!(load(&["server.address=[::1]:50051"]).is_ok());
}

#[test]
fn a_missing_settings_file_is_an_error() {
    let error = Config::load(Some(Path::new("/does/not/exist.toml")), &[]).unwrap_err();
    assert!(error.to_string().contains("/does/not/exist.toml"));
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    let message = load(&["server.tls.cert=/tmp/cert.pem"]).unwrap_err().to_string();
    assert!(message.contains("server.tls"), "{message}");
}

fn tempfile() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("opportune-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
