//! A session bus and gnome-keyring for one machine, as a desktop has them, without a display.

use crate::machine::{Machine, lacks, said, wait_for};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::Write,
    process::{Child, Command, Stdio},
};

const TOOLS: [&str; 4] = ["dbus-daemon", "gnome-keyring-daemon", "secret-tool", "gdbus"];
const KEYRING: &str = "the keyring's own password";
const SERVICE: &str = "org.freedesktop.secrets";

/// A bus that starts nothing by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=SOCKET</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#;

pub struct Desktop {
    pub machine: Machine,
    bus: Option<Child>,
    keyring: Option<Child>,
}

impl Desktop {
    /// One with an unlocked keyring; `None` where the tools are missing.
    pub fn open(test: &str, server: &str) -> Option<Self> {
        let mut desktop = Self::without_keyring(test, server)?;
        desktop.start_keyring();
        Some(desktop)
    }

    /// One with a bus on which there is nothing.
    pub fn without_keyring(test: &str, server: &str) -> Option<Self> {
        if lacks(test, &TOOLS) {
            return None;
        }
        let mut machine = Machine::new(server);
        let (socket, config) = (machine.path("bus"), machine.path("bus.conf"));
        fs::write(&config, BUS.replace("SOCKET", &socket.display().to_string())).unwrap();
        let mut bus = machine.command("dbus-daemon");
        bus.args(["--nofork", "--nopidfile", "--config-file"]).arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        let bus = bus.spawn().unwrap();
        machine.set("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
        let desktop = Self { machine, bus: Some(bus), keyring: None };
        wait_for("the bus", || {
            desktop.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames", &[]).is_some()
        });
        Some(desktop)
    }

    pub fn start_keyring(&mut self) {
        let mut keyring = self.machine.command("gnome-keyring-daemon");
        keyring.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut keyring = keyring.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // A line break would be a part of the password.
        keyring.stdin.take().unwrap().write_all(KEYRING.as_bytes()).unwrap();
        self.keyring = Some(keyring);
        wait_for("the keyring", || self.service("ReadAlias", "default").is_some_and(|path| path.contains("login")));
    }

    pub fn end_bus(&mut self) {
        self.end_keyring();
        end(self.bus.take());
    }

    fn end_keyring(&mut self) {
        end(self.keyring.take());
        let gone = || self.service("ReadAlias", "default").is_none();
        wait_for("the keyring's end", gone);
    }

    pub fn lock(&self) {
        self.service("Lock", "['/org/freedesktop/secrets/collection/login']").expect("the keyring locks");
    }

    /// Opens the keyring as logging in again does.
    pub fn unlock(&mut self) {
        self.end_keyring();
        self.start_keyring();
    }

    /// From now on the keyring has its name on the bus, and never answers.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(self.keyring.as_ref().unwrap()), signal).unwrap();
    }

    /// The entry as another program sees it.
    pub fn entry(&self) -> Option<String> {
        let output = self.secret_tool("lookup").output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Puts something in the entry's place, as another program would.
    pub fn overwrite(&self, text: &str) {
        assert!(self.secret_tool("clear").status().unwrap().success());
        let mut store = self.machine.command("secret-tool");
        store.args(["store", "--label", "put there by a test", "service", "frontrow", "username"]);
        let mut store = store.arg(self.machine.account()).stdin(Stdio::piped()).spawn().unwrap();
        store.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(store.wait().unwrap().success());
    }

    fn secret_tool(&self, word: &str) -> Command {
        let mut command = self.machine.command("secret-tool");
        command.args([word, "service", "frontrow", "username", self.machine.account()]);
        command
    }

    fn service(&self, method: &str, argument: &str) -> Option<String> {
        let method = format!("org.freedesktop.Secret.Service.{method}");
        self.call(SERVICE, "/org/freedesktop/secrets", &method, &[argument])
    }

    /// A call on the bus; `None` when it fails.
    fn call(&self, to: &str, path: &str, method: &str, args: &[&str]) -> Option<String> {
        let mut command = self.machine.command("gdbus");
        command.args(["call", "--session", "--dest", to, "--object-path", path, "--method", method]).args(args);
        let output = command.output().unwrap();
        output.status.success().then(|| said(&output))
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.end_bus();
    }
}

fn end(child: Option<Child>) {
    if let Some(mut child) = child {
        let _ = child.kill();
        let _ = child.wait();
    }
}
