//! Imports and what they rejected; and the set-up.

use crate::bench::Bench;
use opportune_application::ports::Reads;
use opportune_domain::ids::RequestId;
use opportune_domain::import::{Import, ImportReject};
use opportune_testkit::new_id;

fn reject(line: i64, field: &str) -> ImportReject {
    ImportReject {
        line,
        field: field.to_owned(),
        reason: "FIELD_INVALID".to_owned(),
        message: "is too long".to_owned(),
    }
}

#[tokio::test]
async fn a_page_of_rejects_ends_with_a_whole_line() {
    let bench = Bench::new().await;
    let import = Import {
        request_id: RequestId(new_id()),
        fingerprint: vec![1, 2, 3],
        finished: false,
        next_line: 9,
        created: 5,
        updated: 1,
        rejected: 2,
        batch_id: None,
    };
    let rejects = [
        reject(2, "email"),
        reject(4, "phone"),
        reject(4, "title"),
        reject(8, ""),
    ];
    bench
        .write(|world| {
            world.imports.insert(import.request_id, import.clone());
            world.changes.imports.insert(import.request_id);
            let rows = rejects.iter().cloned().map(|one| (import.request_id, one));
            world.changes.rejects.extend(rows);
        })
        .await;
    let read = bench.reads.import(bench.tenant, import.request_id).await.unwrap();
    assert_eq!(read, Some(import.clone()));
    let page = async |after, limit| {
        let page = bench
            .reads
            .import_rejects(bench.tenant, import.request_id, after, limit)
            .await;
        page.unwrap()
    };
    assert_eq!(page(-1, 2).await, rejects[..3]);
    assert_eq!(page(4, 2).await, rejects[3..]);
    assert!(page(8, 2).await.is_empty());
}

#[tokio::test]
async fn a_tenant_that_is_asked_for_the_first_time_has_the_first_stages() {
    let bench = Bench::new().await;
    let config = bench.reads.config(bench.tenant).await.unwrap();
    assert_eq!(config.stages.len(), 4);
    assert!(std::sync::Arc::ptr_eq(
        &config,
        &bench.reads.config(bench.tenant).await.unwrap()
    ));
}
