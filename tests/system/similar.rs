//! What is similar, and why (rules 3).

use crate::support::{Api, System, lead_of};
use opportune_contract::v1::find_similar_request::Subject;
use opportune_contract::v1::{
    ArchiveLeadRequest, Customer, FindSimilarRequest, FindSimilarResponse, GetLeadRequest, Lead, LeadDraft, LeadMatch,
    MatchKey, MatchStrength, Relation,
};

async fn find(api: &Api, request: FindSimilarRequest) -> FindSimilarResponse {
    api.conversions().find_similar(request).await.unwrap().into_inner()
}

fn like(lead: &Lead) -> FindSimilarRequest {
    FindSimilarRequest {
        subject: Some(Subject::LeadId(lead.id.clone())),
        ..FindSimilarRequest::default()
    }
}

fn id(found: &LeadMatch) -> &str {
    &found.lead.as_ref().unwrap().id
}

fn keys(found: &LeadMatch) -> Vec<MatchKey> {
    found.reasons.iter().map(|reason| reason.key()).collect()
}

#[tokio::test]
async fn the_same_address_is_strong_and_says_why() {
    let system = System::start().await;
    let api = system.api();
    let first = api.create(lead_of("Ann Lee")).await;
    let second = api
        .create(Lead {
            title: "Again".into(),
            ..lead_of("Ann Lee")
        })
        .await;
    api.create(lead_of("Someone Else")).await;
    let found = find(&api, like(&first)).await;
    assert_eq!(found.matches.len(), 1, "{:?}", found.matches);
    let only = &found.matches[0];
    assert_eq!((id(only), only.strength()), (second.id.as_str(), MatchStrength::Strong));
    assert!(only.score > 0.5 && only.score <= 1.0);
    assert!(keys(only).contains(&MatchKey::Email), "{:?}", only.reasons);
    assert!(
        only.reasons.is_sorted_by(|one, next| one.weight >= next.weight),
        "heaviest first"
    );
    assert_eq!(found.total_size, 1);
}

#[tokio::test]
async fn phone_and_domain_are_evidence_too_and_a_domain_alone_is_never_strong() {
    let system = System::start().await;
    let api = system.api();
    let subject = Lead {
        email: "ann@tulip-tools.example".into(),
        phone: "+31 20 624 1111".into(),
        ..lead_of("Ann Lee")
    };
    let subject = api.create(subject).await;
    let phone = Lead {
        email: String::new(),
        phone: "020 624 1111".into(),
        country: "NL".into(),
        ..lead_of("Bo Berg")
    };
    let phone = api.create(phone).await;
    let domain = api
        .create(Lead {
            email: "cy@tulip-tools.example".into(),
            ..lead_of("Cy Cole")
        })
        .await;
    let found = find(&api, like(&subject)).await;
    let of = |lead: &Lead| found.matches.iter().find(|found| id(found) == lead.id).unwrap();
    assert!(keys(of(&phone)).contains(&MatchKey::Phone));
    assert!(keys(of(&domain)).contains(&MatchKey::Domain));
    assert_ne!(of(&domain).strength(), MatchStrength::Strong);
}

#[tokio::test]
async fn a_shared_mail_provider_says_nothing() {
    let system = System::start().await;
    let api = system.api();
    let subject = api
        .create(Lead {
            email: "ann@gmail.com".into(),
            ..lead_of("Ann Lee")
        })
        .await;
    api.create(Lead {
        email: "bo@gmail.com".into(),
        ..lead_of("Bo Berg")
    })
    .await;
    assert!(find(&api, like(&subject)).await.matches.is_empty());
}

#[tokio::test]
async fn a_customer_in_common_and_likely_customers_are_shown() {
    let system = System::start().await;
    let api = system.api();
    let customer = Customer {
        name: "Ann Lee".into(),
        email: "ann@lee.example".into(),
        ..Customer::default()
    };
    let customer = api.create_customer(customer).await;
    let linked = |name: &str| Lead {
        customer_id: customer.id.clone(),
        title: name.into(),
        ..Lead::default()
    };
    let (first, second) = (api.create(linked("one")).await, api.create(linked("two")).await);
    let found = find(&api, like(&first)).await;
    assert_eq!(found.matches.iter().map(id).collect::<Vec<_>>(), [second.id.as_str()]);
    assert!(keys(&found.matches[0]).contains(&MatchKey::Customer));

    let draft = LeadDraft {
        contact_name: "Ann Lee".into(),
        email: "ANN@lee.example".into(),
        ..LeadDraft::default()
    };
    let request = FindSimilarRequest {
        subject: Some(Subject::Draft(draft)),
        ..FindSimilarRequest::default()
    };
    let found = find(&api, request).await;
    assert_eq!(found.customers[0].customer.as_ref().unwrap().id, customer.id);
    assert_eq!(found.customers[0].strength(), MatchStrength::Strong);
}

#[tokio::test]
async fn closed_records_and_low_scores_can_be_left_out() {
    let system = System::start().await;
    let api = system.api();
    let subject = api.create(lead_of("Ann Lee")).await;
    let closed = api.create(lead_of("Ann Lee")).await;
    api.leads()
        .archive_lead(ArchiveLeadRequest { id: closed.id.clone() })
        .await
        .unwrap();
    assert_eq!(find(&api, like(&subject)).await.matches.len(), 1);
    let open = FindSimilarRequest {
        exclude_closed: true,
        ..like(&subject)
    };
    assert!(find(&api, open).await.matches.is_empty());
    let weak = api
        .create(Lead {
            email: "x@ann.lee.example".into(),
            ..lead_of("Total Stranger")
        })
        .await;
    let found = find(
        &api,
        FindSimilarRequest {
            min_score: 0.99,
            ..like(&weak)
        },
    )
    .await;
    assert!(found.matches.iter().all(|found| found.score >= 0.99));
}

#[tokio::test]
async fn a_key_that_too_many_share_is_skipped_and_named() {
    let system = System::start().await;
    let api = system.api();
    let crowd = (0..1_050).map(|number| Lead {
        email: format!("person{number}@crowd.example"),
        contact_name: format!("Person{number}"),
        ..Lead::default()
    });
    assert_eq!(api.import(crowd.collect()).await.created_count, 1_050);
    let subject = Lead {
        email: "ann@crowd.example".into(),
        phone: "+31 20 624 1111".into(),
        ..lead_of("Ann Lee")
    };
    let subject = api.create(subject).await;
    let twin = Lead {
        email: "else@crowd.example".into(),
        phone: "+31 20 624 1111".into(),
        ..lead_of("Ann Lee")
    };
    let twin = api.create(twin).await;
    let found = find(&api, like(&subject)).await;
    let skipped = found
        .skipped_keys
        .iter()
        .find(|skipped| skipped.key() == MatchKey::Domain)
        .unwrap();
    assert!(skipped.estimated_hits > 1_000, "{}", skipped.estimated_hits);
    assert_eq!(
        found.matches.iter().map(id).collect::<Vec<_>>(),
        [twin.id.as_str()],
        "found by phone only"
    );
    assert!(
        keys(&found.matches[0]).contains(&MatchKey::Domain),
        "but the shared domain still counts"
    );
}

#[tokio::test]
async fn similar_records_come_in_pages_and_are_counted() {
    let system = System::start().await;
    let api = system.api();
    let subject = api.create(lead_of("Ann Lee")).await;
    api.import((0..12).map(|_| lead_of("Ann Lee")).collect()).await;
    let (mut seen, mut request) = (
        Vec::new(),
        FindSimilarRequest {
            page_size: 5,
            ..like(&subject)
        },
    );
    loop {
        let page = find(&api, request.clone()).await;
        assert_eq!(page.total_size, 12);
        seen.extend(page.matches.iter().map(|found| id(found).to_owned()));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 12);
    let get = GetLeadRequest {
        id: subject.id,
        include_similar_count: true,
    };
    assert_eq!(
        api.leads()
            .get_lead(get)
            .await
            .unwrap()
            .into_inner()
            .lead
            .unwrap()
            .similar_count,
        12
    );
}

#[tokio::test]
async fn a_colleague_is_related_and_no_duplicate() {
    let system = System::start().await;
    let api = system.api();
    let of = |name: &str, email: &str| Lead {
        company_name: "Tulip Tools B.V.".into(),
        email: email.into(),
        ..lead_of(name)
    };
    let subject = api.create(of("Ann Lee", "ann@tulip-tools.example")).await;
    let colleague = api.create(of("Bo Berg", "bo@tulip-tools.example")).await;
    let found = find(&api, like(&subject)).await;
    let related: Vec<_> = found
        .related
        .iter()
        .map(|one| (one.lead.as_ref().unwrap().id.as_str(), one.relation()))
        .collect();
    assert_eq!(related, [(colleague.id.as_str(), Relation::SameCompanyOtherPerson)]);
    assert_ne!(found.matches[0].strength(), MatchStrength::Strong);
}

#[tokio::test]
async fn a_badly_spelled_record_is_found_without_a_shared_address() {
    let system = System::start().await;
    let api = system.api();
    let of = |name: &str, company: &str| Lead {
        company_name: company.into(),
        email: String::new(),
        ..lead_of(name)
    };
    let subject = api.create(of("Katherine Quillmoor", "Tulip Tools B.V.")).await;
    let misspelt = api.create(of("Quilmoor, Catherine", "TULIP TOOLS")).await;
    let found = find(&api, like(&subject)).await;
    assert_eq!(found.matches.iter().map(id).collect::<Vec<_>>(), [misspelt.id.as_str()]);
    assert!(keys(&found.matches[0]).contains(&MatchKey::PersonName));
}

#[tokio::test]
async fn a_whole_tenant_is_audited_into_a_file() {
    let system = System::start().await;
    let api = system.api();
    let tenant = api.tenant.to_string();
    for (external_id, name) in [("a-1", "Ann Lee"), ("a-2", "Lee, Ann"), ("b-1", "Bo Berg")] {
        let email = lead_of(name.trim_start_matches("Lee, ")).email;
        let email = if external_id == "b-1" {
            email
        } else {
            "ann@lee.example".into()
        };
        api.create(Lead {
            external_id: external_id.into(),
            email,
            ..lead_of(name)
        })
        .await;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = async |what: &str, name: &str| {
        let path = folder.path().join(name);
        let out = path.to_str().unwrap();
        let arguments = [
            "similar",
            what,
            "--out",
            out,
            "--server",
            &system.node.grpc,
            "--tenant",
            &tenant,
        ];
        let ran = system.site.run(&arguments).await;
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        std::fs::read_to_string(path).unwrap()
    };
    let rows = run("--all", "matches.csv").await;
    let rows: Vec<&str> = rows.lines().collect();
    assert_eq!(rows[0], "query_record_id,rank,matched_record_id,score,strength,reasons");
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(
        rows[1].starts_with("a-1,1,a-2,") && rows[1].contains(",STRONG,"),
        "{rows:?}"
    );
    assert!(rows[2].starts_with("a-2,1,a-1,"), "{rows:?}");
    assert_eq!(
        run("--clusters", "clusters.csv").await,
        "cluster,record_id,records\n1,a-1,2\n1,a-2,2\n"
    );
}
