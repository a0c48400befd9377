//! An HTTP server and a FIDL server on one thread: the adder's methods as JSON, for those who speak no FIDL.
//!
//! ```text
//! cargo run --release --features tokio --example http_bridge -- 127.0.0.1:8080 /tmp/adder
//! curl 'http://127.0.0.1:8080/add?a=20&b=22'                             {"sum":42}
//! curl -d '{"a":20,"b":22}' http://127.0.0.1:8080/add                    {"sum":42}
//! cargo run --release --example adder_client                             the same server, by FIDL
//! ```
//!
//! Each HTTP request becomes a call of a FIDL client to the server beside it; both are on the reactor, which runs inside
//! tokio's current-thread runtime, where hyper is, too.

use std::convert::Infallible;
use std::rc::Rc;

use fidl::adapter::tokio::drive;
use fidl::kernel::create_endpoints;
use fidl::{Capacity, ClientError, Reactor, capacity};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

fidl::include_schema!("example_calc");
use example_calc::adder;

struct Adder;

impl adder::Server for Adder {
    async fn add(&self, request: adder::AddRequest<'_>) -> adder::AddResponse {
        adder::AddResponse { sum: i64::from(request.a()) + i64::from(request.b()) }
    }

    async fn ping(&self, _: adder::PingRequest<'_>) {}
}

const CAPACITY: Capacity = capacity().connections(100).in_flight(64);
fidl::service!(static ADDER: adder::Serve<Adder>, CAPACITY);

/// For the calls that HTTP requests become, at most so many at one time.
static STORAGE: adder::Storage<64, 1> = adder::Storage::new();
type Client = adder::Client<'static, 64, 1>;

/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 4096;

/// Why a request got no answer of its own.
enum Refusal {
    /// It is not one that there is an answer to.
    Request(StatusCode),
    /// The call did not get through.
    Call(ClientError),
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        Self::Call(error)
    }
}

const BAD: Refusal = Refusal::Request(StatusCode::BAD_REQUEST);

/// A number of `Add`.
fn number(value: Option<i64>) -> Result<i32, Refusal> {
    value.and_then(|value| i32::try_from(value).ok()).ok_or(BAD)
}

/// The numbers in a query: `a=20&b=22`.
fn from_query(query: &str) -> Result<[i32; 2], Refusal> {
    let find = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        number(pairs.find(|(key, _)| *key == name).and_then(|(_, value)| value.parse().ok()))
    };
    Ok([find("a")?, find("b")?])
}

/// The numbers in a body: `{"a":20,"b":22}`.
async fn from_body(body: Incoming) -> Result<[i32; 2], Refusal> {
    let body = Limited::new(body, LARGEST_BODY).collect().await.map_err(|_| BAD)?;
    let value: Value = serde_json::from_slice(&body.to_bytes()).map_err(|_| BAD)?;
    Ok([number(value["a"].as_i64())?, number(value["b"].as_i64())?])
}

/// Makes a call of a request, and JSON of its response.
async fn call(client: &Client, request: Request<Incoming>) -> Result<Value, Refusal> {
    let [a, b] = match (request.method(), request.uri().path()) {
        (&Method::GET, "/add") => from_query(request.uri().query().unwrap_or_default())?,
        (&Method::POST, "/add") => from_body(request.into_body()).await?,
        (&Method::GET | &Method::POST, "/ping") => {
            client.ping().await?;
            return Ok(json!({}));
        }
        (_, "/add" | "/ping") => return Err(Refusal::Request(StatusCode::METHOD_NOT_ALLOWED)),
        _ => return Err(Refusal::Request(StatusCode::NOT_FOUND)),
    };
    let response = client.add(a, b).await?;
    Ok(json!({ "sum": response.sum }))
}

async fn answer(client: Rc<Client>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, value) = match call(&client, request).await {
        Ok(value) => (StatusCode::OK, value),
        Err(Refusal::Request(status)) => (status, json!({ "error": status.canonical_reason() })),
        Err(Refusal::Call(error)) => (StatusCode::BAD_GATEWAY, json!({ "error": error.to_string() })),
    };
    let mut response = Response::new(Full::from(value.to_string()));
    *response.status_mut() = status;
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
    Ok(response)
}

/// Serves one HTTP connection.
async fn converse(stream: TcpStream, client: Rc<Client>) {
    let service = service_fn(|request| answer(client.clone(), request));
    // A client that breaks the rules, or goes, ends its own connection alone.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Accepts HTTP connections until listening fails.
async fn listen(listener: TcpListener, client: Rc<Client>) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        spawn_local(converse(stream, client.clone()));
    }
}

/// Starts the FIDL server on a path, and a client of it. They last as long as the process: tokio's tasks may.
fn start(path: &str) -> Result<(&'static Reactor<'static>, Rc<Client>), fidl::Error> {
    let service = &*Box::leak(Box::new(ADDER.start(Adder)?));
    let reactor = &*Box::leak(Box::new(Reactor::new()?));
    service.listen(reactor, fidl::listen(path)?)?;
    let (client_end, server_end) = create_endpoints()?;
    service.serve(reactor, server_end)?;
    let client = Client::new(reactor, &STORAGE, client_end)?;
    Ok((reactor, Rc::new(client)))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let path = arguments.next().unwrap_or_else(|| "/tmp/adder".to_owned());

    let (reactor, client) = start(&path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind(address).await?;
        println!("http://{}", listener.local_addr()?);
        let http = spawn_local(listen(listener, client));
        drive(reactor).await.map_err(fidl::Error::from)?;
        http.abort();
        Ok(())
    })
}
