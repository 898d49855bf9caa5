//! Mounts the app.

fn main() {
    app::app::mount();
}
