fn main() { tokio::runtime::Runtime::new().unwrap().block_on(async {
 let t = std::time::Instant::now();
 let s = opportune_sandbox::Sandbox::start(opportune_sandbox::SandboxOptions::new(std::env::args().nth(1).unwrap())).await.unwrap();
 println!("started {:?} {:?}", t.elapsed(), s);
 if std::env::args().nth(2).is_some() {
 let t = std::time::Instant::now(); println!("{:?}", s.rabbitmq.add_vhost("x").await); println!("vhost {:?}", t.elapsed());
 let t = std::time::Instant::now(); println!("{:?}", s.rabbitmq.stop_app().await); println!("stop_app {:?}", t.elapsed());
 let t = std::time::Instant::now(); println!("{:?}", tokio::time::timeout(std::time::Duration::from_secs(10), s.rabbitmq.start_app()).await); println!("start_app {:?}", t.elapsed());
 }
 tokio::signal::ctrl_c().await.unwrap(); let t = std::time::Instant::now(); s.stop().await.unwrap(); println!("stop {:?}", t.elapsed());
 })}
