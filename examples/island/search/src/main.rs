fn main() {
    println!("island search");
}
