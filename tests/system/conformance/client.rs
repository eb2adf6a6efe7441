//! Calls of any method of the contract with messages that are only known by their descriptors.

use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor};
use std::str::FromStr;
use std::time::Duration;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// No call takes longer, a server stream with it.
const LIMIT: Duration = Duration::from_secs(60);
/// Lists of a vector may be long.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Sends the requests, one or a stream of them, and returns all answers.
///
/// # Errors
/// The status that the call ends with.
pub async fn call(
    channel: &Channel,
    method: &MethodDescriptor,
    requests: Vec<DynamicMessage>,
    metadata: MetadataMap,
) -> Result<Vec<DynamicMessage>, Status> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path = PathAndQuery::from_str(&path).map_err(|error| Status::internal(error.to_string()))?;
    let codec = Dynamic(method.output());
    let mut request = Request::new(tokio_stream::iter(requests));
    *request.metadata_mut() = metadata;
    let answers = async {
        let mut grpc = Grpc::new(channel.clone()).max_decoding_message_size(MOST_BYTES);
        grpc.ready()
            .await
            .map_err(|error| Status::unavailable(error.to_string()))?;
        // On the wire every call is a stream of requests and a stream of answers.
        let mut stream = grpc.streaming(request, path, codec).await?.into_inner();
        let mut answers = Vec::new();
        while let Some(answer) = stream.message().await? {
            answers.push(answer);
        }
        Ok(answers)
    };
    tokio::time::timeout(LIMIT, answers)
        .await
        .unwrap_or_else(|_| Err(Status::deadline_exceeded("the vector's call did not end")))
}

/// Messages of which the answers have this descriptor.
#[derive(Clone)]
struct Dynamic(MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        self.clone()
    }

    fn decoder(&mut self) -> Self {
        self.clone()
    }
}

impl Encoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message
            .encode(buffer)
            .map_err(|error| Status::internal(error.to_string()))
    }
}

impl Decoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        DynamicMessage::decode(self.0.clone(), buffer)
            .map(Some)
            .map_err(|error| Status::internal(error.to_string()))
    }
}
