//! Calls that many tests make, reduced to what they ask and what they are told.

use super::api::Api;
use super::ids::new_id_text;
use opportune_contract::v1::import_leads_request::Payload;
use opportune_contract::v1::{
    Conversion, ConversionState, ConvertLeadRequest, CreateCustomerRequest, CreateLeadRequest,
    CreateSalespersonRequest, CreateTeamRequest, Customer, GetConversionRequest, GetImportRequest, GetLeadRequest,
    Import, ImportHeader, ImportLeadsRequest, ImportLeadsResponse, ImportRow, Lead, LeadFilter, ListConversionsRequest,
    ListCustomersRequest, ListLeadsRequest, Salesperson, Team,
};
use prost_types::Duration;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Response, Status};

/// As long as a call may wait.
pub const WAIT: Option<Duration> = Some(Duration { seconds: 60, nanos: 0 });

/// A lead of a person, with an address of that name.
pub fn lead_of(name: &str) -> Lead {
    let local = name.to_lowercase().replace(' ', ".");
    Lead {
        title: format!("{name} wants an offer"),
        contact_name: name.to_owned(),
        email: format!("{local}@{local}.example"),
        ..Lead::default()
    }
}

/// To convert this lead with the defaults, and to wait for the outcome.
pub fn convert_and_wait(lead: &str) -> ConvertLeadRequest {
    ConvertLeadRequest {
        lead_id: lead.to_owned(),
        wait: WAIT,
        ..ConvertLeadRequest::default()
    }
}

impl Api {
    /// Creates a record.
    pub async fn create(&self, lead: Lead) -> Lead {
        self.try_create(lead).await.unwrap()
    }

    /// Creates a record, or not.
    pub async fn try_create(&self, lead: Lead) -> Result<Lead, Status> {
        let request = CreateLeadRequest {
            lead: Some(lead),
            ..CreateLeadRequest::default()
        };
        Ok(self.leads().create_lead(request).await?.into_inner().lead.unwrap())
    }

    /// Reads a record.
    pub async fn lead(&self, id: &str) -> Lead {
        let request = GetLeadRequest {
            id: id.to_owned(),
            ..GetLeadRequest::default()
        };
        self.leads().get_lead(request).await.unwrap().into_inner().lead.unwrap()
    }

    /// All records that a filter lets through, in the order of their creation.
    pub async fn all_leads(&self, filter: LeadFilter) -> Vec<Lead> {
        let mut request = ListLeadsRequest {
            filter: Some(filter),
            page_size: 1_000,
            order_by: "create_time".to_owned(),
            ..ListLeadsRequest::default()
        };
        let mut leads = Vec::new();
        loop {
            let page = self.leads().list_leads(request.clone()).await.unwrap().into_inner();
            leads.extend(page.leads);
            if page.next_page_token.is_empty() {
                return leads;
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Creates a customer.
    pub async fn create_customer(&self, customer: Customer) -> Customer {
        let request = CreateCustomerRequest {
            customer: Some(customer),
            ..CreateCustomerRequest::default()
        };
        self.customers()
            .create_customer(request)
            .await
            .unwrap()
            .into_inner()
            .customer
            .unwrap()
    }

    /// How many customers there are.
    pub async fn count_customers(&self) -> i64 {
        self.customers()
            .list_customers(ListCustomersRequest::default())
            .await
            .unwrap()
            .into_inner()
            .total_size
    }

    /// Creates a salesperson.
    pub async fn create_salesperson(&self, name: &str) -> Salesperson {
        let salesperson = Salesperson {
            name: name.to_owned(),
            ..Salesperson::default()
        };
        let request = CreateSalespersonRequest {
            salesperson: Some(salesperson),
            ..CreateSalespersonRequest::default()
        };
        self.teams()
            .create_salesperson(request)
            .await
            .unwrap()
            .into_inner()
            .salesperson
            .unwrap()
    }

    /// Creates a team.
    pub async fn create_team(&self, name: &str) -> Team {
        let team = Team {
            name: name.to_owned(),
            ..Team::default()
        };
        let request = CreateTeamRequest {
            team: Some(team),
            ..CreateTeamRequest::default()
        };
        self.teams()
            .create_team(request)
            .await
            .unwrap()
            .into_inner()
            .team
            .unwrap()
    }

    /// Converts as asked.
    pub async fn convert(&self, request: ConvertLeadRequest) -> Result<Conversion, Status> {
        Ok(self
            .conversions()
            .convert_lead(request)
            .await?
            .into_inner()
            .conversion
            .unwrap())
    }

    /// Converts with the defaults, waits, and expects success.
    pub async fn converted(&self, lead: &str) -> Conversion {
        let conversion = self.convert(convert_and_wait(lead)).await.unwrap();
        assert_eq!(conversion.state(), ConversionState::Succeeded, "{conversion:?}");
        conversion
    }

    /// Reads a conversion.
    pub async fn conversion(&self, id: &str) -> Conversion {
        let request = GetConversionRequest { id: id.to_owned() };
        self.conversions()
            .get_conversion(request)
            .await
            .unwrap()
            .into_inner()
            .conversion
            .unwrap()
    }

    /// How many conversions are in a state; unspecified: in any.
    pub async fn count_conversions(&self, state: ConversionState) -> Result<i64, Status> {
        let request = ListConversionsRequest {
            state: state.into(),
            page_size: 1,
            ..ListConversionsRequest::default()
        };
        Ok(self
            .conversions()
            .list_conversions(request)
            .await?
            .into_inner()
            .total_size)
    }

    /// How far an import has come; none = there is no such.
    pub async fn progress(&self, request_id: &str) -> Option<Import> {
        let request = GetImportRequest {
            request_id: request_id.to_owned(),
        };
        self.leads().get_import(request).await.ok()?.into_inner().import
    }

    /// Begins an import whose messages are sent one by one.
    pub fn begin_import(&self) -> (Sender<ImportLeadsRequest>, ImportCall) {
        let (sender, receiver) = mpsc::channel(64);
        let caller = self.clone();
        let call = tokio::spawn(async move {
            let answer = caller.leads().import_leads(ReceiverStream::new(receiver)).await;
            answer.map(Response::into_inner)
        });
        (sender, call)
    }

    /// Imports records under a name of its own, the first one as line 1.
    pub async fn import(&self, leads: Vec<Lead>) -> ImportLeadsResponse {
        let header = ImportHeader {
            request_id: new_id_text(),
            ..ImportHeader::default()
        };
        self.leads()
            .import_leads(tokio_stream::iter(import_stream(header, leads)))
            .await
            .unwrap()
            .into_inner()
    }
}

/// The messages of an import, lines from 1.
pub fn import_stream(header: ImportHeader, leads: Vec<Lead>) -> Vec<ImportLeadsRequest> {
    let rows = (1..)
        .zip(leads)
        .map(|(line, lead)| Payload::Row(ImportRow { line, lead: Some(lead) }));
    std::iter::once(Payload::Header(header))
        .chain(rows)
        .map(|payload| ImportLeadsRequest { payload: Some(payload) })
        .collect()
}

/// An import under way.
pub type ImportCall = JoinHandle<Result<ImportLeadsResponse, Status>>;

/// The client of an import dies. A stream whose sender went first would be a whole one: the rest comes when it is gone.
pub async fn die(call: &ImportCall, sender: &Sender<ImportLeadsRequest>) {
    call.abort();
    sender.closed().await;
}
