import CGLib
import Glibc
import Linux

/// What logind reports about this user's sessions.
public enum LoginEvent: Sendable, Equatable {
    /// The machine is about to sleep.
    case suspending
    /// A session of this user must be locked.
    case locking
}

/// Why logind cannot be watched.
public enum LoginWatchError: Error, Equatable, Sendable {
    /// libgio-2.0.so.0 is missing, or lacks a function; Debian's package is libglib2.0-0.
    case noLibrary
    /// Nothing answers at the address of the system bus.
    case noBus
    /// The system bus has no logind.
    case noLogin
    /// The connection to the bus was lost.
    case disconnected
}

/// Waits for logind's `PrepareForSleep`, and for `Lock` of any session of this user, on the system bus
/// (`DBUS_SYSTEM_BUS_ADDRESS` or its default address), and calls `react` for each; returns only on failure.
///
/// Meanwhile it delays sleep (`Inhibit`), so that `react` returns before the machine sleeps, unless it takes longer
/// than logind allows (`InhibitDelayMaxSec`, 5 s). If logind refuses to delay sleep, it waits all the same.
public func watchLogin(_ react: (LoginEvent) -> Void) throws(LoginWatchError) -> Never {
    // GLib's default address of a system bus.
    let address = Environment.process.nonEmpty("DBUS_SYSTEM_BUS_ADDRESS")
    try watchLogin(at: address ?? "unix:path=/var/run/dbus/system_bus_socket", react)
}

/// The same at a given address.
func watchLogin(at address: String, _ react: (LoginEvent) -> Void) throws(LoginWatchError) -> Never {
    guard let glib = GLib("libgio-2.0.so.0") else { throw .noLibrary }
    let watch = try LoginWatch(glib, address)
    try watch.run(react)
}

private let logind = "org.freedesktop.login1"
private let loginPath = "/org/freedesktop/login1"
private let loginManager = "org.freedesktop.login1.Manager"
private let loginSession = "org.freedesktop.login1.Session"

/// A connection to the system bus that listens to logind. Used on one thread.
private final class LoginWatch {
    /// A signal that has arrived, but has not been handled yet.
    private enum Signal {
        case sleep(isBeginning: Bool)
        case lock(session: String)
    }

    private let glib: GLib
    private let context: OpaquePointer?
    private let connection: OpaquePointer
    private var signals: [Signal] = []
    /// The descriptor that delays sleep while it is open; -1 for none.
    private var inhibitor: Int32 = -1

    init(_ glib: GLib, _ address: String) throws(LoginWatchError) {
        self.glib = glib
        // Whatever arrives over the connection wakes this context, and so does its end.
        context = glib.glib.g_main_context_new()
        glib.glib.g_main_context_push_thread_default(context)
        var error: ErrorPointer?
        let connection = glib.glib.g_dbus_connection_new_for_address_sync(
            address, Int32(WARDER_G_DBUS_CLIENT_OF_MESSAGE_BUS), nil, nil, &error)
        guard let connection else {
            _ = BusFailure(glib, taking: error)
            glib.glib.g_main_context_pop_thread_default(context)
            glib.glib.g_main_context_unref(context)
            throw .noBus
        }
        self.connection = connection
    }

    deinit {
        if inhibitor >= 0 { close(inhibitor) }
        glib.glib.g_object_unref(UnsafeMutableRawPointer(connection))
        glib.glib.g_main_context_pop_thread_default(context)
        glib.glib.g_main_context_unref(context)
    }

    func run(_ react: (LoginEvent) -> Void) throws(LoginWatchError) -> Never {
        let subscriptions = [
            subscribe(loginManager, "PrepareForSleep", at: loginPath), subscribe(loginSession, "Lock", at: nil),
        ]
        defer { subscriptions.forEach { glib.glib.g_dbus_connection_signal_unsubscribe(connection, $0) } }
        try delaySleep()
        while true {
            guard glib.glib.g_dbus_connection_is_closed(connection) == 0 else { throw .disconnected }
            _ = glib.glib.g_main_context_iteration(context, 1)
            while !signals.isEmpty { try take(signals.removeFirst(), react) }
        }
    }

    private func take(_ signal: Signal, _ react: (LoginEvent) -> Void) throws(LoginWatchError) {
        switch signal {
        case .sleep(isBeginning: true):
            react(.suspending)
            letSleep()
        case .sleep(isBeginning: false):
            try delaySleep()
        case .lock(let session):
            if isOurs(session) { react(.locking) }
        }
    }

    private func subscribe(_ interface: String, _ signal: String, at path: String?) -> UInt32 {
        let callback: warder_gsignal = { _, _, path, _, name, parameters, context in
            guard let context, let path, let name else { return }
            let watch = Unmanaged<LoginWatch>.fromOpaque(context).takeUnretainedValue()
            watch.note(String(cString: name), String(cString: path), parameters)
        }
        // This object outlives the subscription, which `run` ends.
        return glib.glib.g_dbus_connection_signal_subscribe(
            connection, logind, interface, signal, path, nil, 0, callback, Unmanaged.passUnretained(self).toOpaque(),
            nil)
    }

    private func note(_ name: String, _ path: String, _ parameters: OpaquePointer?) {
        guard name == "PrepareForSleep" else { return signals.append(.lock(session: path)) }
        guard glib.glib.g_variant_is_of_type(parameters, "(b)") != 0 else { return }
        let isBeginning = Variant(glib, owning: glib.glib.g_variant_get_child_value(parameters, 0)).truth
        signals.append(.sleep(isBeginning: isBeginning ?? true))
    }

    /// Delays sleep, if logind allows it.
    ///
    /// - Throws: `.noLogin` if there is no logind.
    private func delaySleep() throws(LoginWatchError) {
        letSleep()
        let words = ["sleep", "warder", "to lock what is unlocked", "delay"]
        let arguments = glib.value(tuple: words.map { glib.value($0) })
        var descriptors: OpaquePointer?
        var error: ErrorPointer?
        let answer = glib.glib.g_dbus_connection_call_with_unix_fd_list_sync(
            connection, logind, loginPath, loginManager, "Inhibit", arguments, "(h)", 0, -1, nil, &descriptors, nil,
            &error)
        guard let answer else {
            switch BusFailure(glib, taking: error).error(hasAnswered: false) {
            case .noService: throw .noLogin
            case .disconnected: throw .disconnected
            default: return
            }
        }
        glib.glib.g_variant_unref(answer)
        guard let descriptors else { return }
        inhibitor = glib.glib.g_unix_fd_list_get(descriptors, 0, nil)
        glib.glib.g_object_unref(UnsafeMutableRawPointer(descriptors))
    }

    private func letSleep() {
        guard inhibitor >= 0 else { return }
        close(inhibitor)
        inhibitor = -1
    }

    /// Whether a session is this user's; assumed if logind does not say, because locking does no harm.
    private func isOurs(_ session: String) -> Bool {
        let arguments = glib.value(tuple: [glib.value(loginSession), glib.value("User")])
        var error: ErrorPointer?
        let answer = glib.glib.g_dbus_connection_call_sync(
            connection, logind, session, "org.freedesktop.DBus.Properties", "Get", arguments, "(v)", 0, -1, nil,
            &error)
        guard let answer else {
            _ = BusFailure(glib, taking: error)
            return true
        }
        let user = Variant(glib, owning: answer)[0].content
        guard user.isOf(type: "(uo)") else { return true }
        return user[0].withRaw { glib.glib.g_variant_get_uint32($0) } == getuid()
    }
}
