//! Keys of records that are there are made anew, by the relay and at the command line (rules 2.4).

use crate::support::{Api, Site, lead_of, soon};
use opportune_contract::v1::{Lead, Settings, UpdateSettingsRequest};

async fn live_in(api: &Api, country: &str) {
    let change = UpdateSettingsRequest {
        settings: Some(Settings {
            default_country: country.into(),
            ..Settings::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["default_country".into()],
        }),
    };
    api.settings().update_settings(change).await.unwrap();
}

/// How many keys the two leads share. (Searching tells nothing: the last digits find them in any country.)
async fn shared_keys(site: &Site) -> i64 {
    let sql = "SELECT count(*) FROM match_keys AS a JOIN match_keys AS b USING (key) WHERE a.lead_id < b.lead_id";
    site.database.number(sql).await.unwrap()
}

fn reached_at(name: &str, phone: &str) -> Lead {
    Lead {
        phone: phone.into(),
        email: String::new(),
        ..lead_of(name)
    }
}

async fn two_leads(api: &Api) {
    api.create(reached_at("Ann Lee", "02 456 00 11")).await;
    api.create(reached_at("Bo Berg", "+32 2 456 00 11")).await;
}

#[tokio::test]
async fn a_new_default_country_reads_the_numbers_that_are_there() {
    let site = Site::new().await.with("OPPORTUNE__SWEEPER__INTERVAL_SECONDS", "1");
    let node = site.start(&["serve", "--all"]).await;
    let api = Api::new(&node.grpc);
    two_leads(&api).await;
    let before = shared_keys(&site).await;
    live_in(&api, "BE").await;
    soon("the relay has read the number anew", async || {
        (shared_keys(&site).await == before + 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_command_line_makes_keys_anew_without_a_relay() {
    let site = Site::new().await;
    let node = site.start(&["serve"]).await;
    let api = Api::new(&node.grpc);
    two_leads(&api).await;
    let before = shared_keys(&site).await;
    live_in(&api, "BE").await;
    assert_eq!(shared_keys(&site).await, before, "nobody makes keys anew");
    let tenant = api.tenant.to_string();
    let report = site.json(&["reindex", "--tenant", &tenant, "--json"]).await;
    assert_eq!(
        (report["tenants"].as_i64(), report["records"].as_i64()),
        (Some(1), Some(2))
    );
    assert_eq!(shared_keys(&site).await, before + 1);
    let again = site.run(&["reindex"]).await;
    assert!(again.status.success());
    assert_eq!(
        String::from_utf8_lossy(&again.stdout),
        "keys of 2 records of 1 tenants were made anew\n"
    );
}
