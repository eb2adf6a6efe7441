//! The closed sets of label values.

/// How a conversion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettledOutcome {
    /// SUCCEEDED.
    Succeeded,
    /// FAILED by a rule: the request asked for something that may not be.
    Refused,
    /// FAILED by a fault of the system.
    Failed,
    /// Given up after its retries.
    Dead,
}

impl SettledOutcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

/// What an outbox row will be once it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxKind {
    /// A conversion job.
    Job,
    /// An event for downstream systems.
    Event,
}

impl OutboxKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Event => "event",
        }
    }
}

/// What a published message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// A conversion job.
    Job,
    /// An event for downstream systems.
    Event,
    /// A settled notice for waiters in other processes.
    Settled,
    /// A dead letter.
    Dead,
}

impl MessageKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Event => "event",
            Self::Settled => "settled",
            Self::Dead => "dead",
        }
    }
}

/// How a publish ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishResult {
    /// The broker has it.
    Confirmed,
    /// The broker took it, but no queue is bound: fine for an event, an error for a job.
    Unroutable,
    /// The broker refused it.
    Rejected,
    /// The connection went away before the confirm: maybe sent.
    Lost,
}

impl PublishResult {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Unroutable => "unroutable",
            Self::Rejected => "rejected",
            Self::Lost => "lost",
        }
    }
}

/// Which way a settled notice went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeDirection {
    /// From this process.
    Sent,
    /// To this process.
    Received,
}

impl NoticeDirection {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
        }
    }
}

/// The name of a numeric gRPC status, as `rpc.response.status_code` wants it. Unknown numbers share one label value.
pub(crate) const fn grpc_code_name(code: i32) -> &'static str {
    match code {
        0 => "OK",
        1 => "CANCELLED",
        3 => "INVALID_ARGUMENT",
        4 => "DEADLINE_EXCEEDED",
        5 => "NOT_FOUND",
        6 => "ALREADY_EXISTS",
        7 => "PERMISSION_DENIED",
        8 => "RESOURCE_EXHAUSTED",
        9 => "FAILED_PRECONDITION",
        10 => "ABORTED",
        11 => "OUT_OF_RANGE",
        12 => "UNIMPLEMENTED",
        13 => "INTERNAL",
        14 => "UNAVAILABLE",
        15 => "DATA_LOSS",
        16 => "UNAUTHENTICATED",
        _ => "UNKNOWN",
    }
}
