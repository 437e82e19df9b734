import CGLib
import Linux

/// A desktop notification on screen (Desktop Notifications Specification 1.2).
public struct Notification: Sendable, Equatable {
    private let address: String
    private let identifier: UInt32

    /// Shows a notification. Returns nil if there is no session bus, no notification service on it, or no answer in
    /// time: the caller can go on without one.
    ///
    /// - Parameters:
    ///   - summary: one line of plain text.
    ///   - body: plain text; markup in it is escaped here.
    ///   - busAddress: `DBUS_SESSION_BUS_ADDRESS`; nil if unset.
    ///   - runtimeFolder: `XDG_RUNTIME_DIR`, whose socket `bus` is used without an address. No bus is started.
    public static func show(
        _ summary: String, body: String, busAddress: String?, runtimeFolder: String?, until deadline: Deadline
    ) -> Notification? {
        guard let address = sessionBusAddress(busAddress, runtimeFolder: runtimeFolder) else { return nil }
        let texts = Texts(summary: plain(summary), body: markup(plain(body)))
        let answer = Box<UInt32?>(nil)
        let isShown = call("Notify", at: address, returns: "(u)", until: deadline, storing: answer) { glib in
            let none: [(String, GLib.Value)] = []
            // No image, and the desktop's default timeout.
            return [
                glib.value("warder"), glib.value(number: 0), glib.value("dialog-password"), glib.value(texts.summary),
                glib.value(texts.body), glib.value(strings: []),
                glib.value(of: "{sv}", none + [("category", glib.value(any: glib.value("x-warder.asking")))]),
                glib.value(signed: -1),
            ]
        }
        guard isShown, let identifier = answer.value else { return nil }
        return Notification(address: address, identifier: identifier)
    }

    /// Closes it; false if there was no answer in time. Closing one that the user has closed is not an error.
    @discardableResult
    public func close(until deadline: Deadline) -> Bool {
        let identifier = identifier
        return Self.call("CloseNotification", at: address, returns: "()", until: deadline, storing: Box(nil)) { glib in
            [glib.value(number: identifier)]
        }
    }

    /// Calls a method on a separate thread, over a separate connection; whether an answer came in time.
    private static func call(
        _ method: String, at address: String, returns type: String, until deadline: Deadline,
        storing answer: Box<UInt32?>, _ arguments: @escaping @Sendable (GLib) -> [GLib.Value]
    ) -> Bool {
        guard let glib = GLib("libgio-2.0.so.0") else { return false }
        let conversation = BusThread(glib) { (cancellation) throws(SecretServiceError) in
            var error: ErrorPointer?
            let flags = Int32(WARDER_G_DBUS_CLIENT_OF_MESSAGE_BUS)
            guard
                let connection = glib.glib.g_dbus_connection_new_for_address_sync(
                    address, flags, nil, cancellation, &error)
            else { throw BusFailure(glib, taking: error).error(hasAnswered: false) }
            defer { glib.glib.g_object_unref(UnsafeMutableRawPointer(connection)) }
            let reply = glib.glib.g_dbus_connection_call_sync(
                connection, service, path, service, method, glib.value(tuple: arguments(glib)), type, 0, .max,
                cancellation, &error)
            guard let reply else { throw BusFailure(glib, taking: error).error(hasAnswered: false) }
            let values = Variant(glib, owning: reply)
            guard values.isOf(type: "(u)") else { return }
            answer.value = values[0].withRaw { glib.glib.g_variant_get_uint32($0) }
        }
        return (try? conversation.run(until: deadline)) != nil
    }

    private static let service = "org.freedesktop.Notifications"
    private static let path = "/org/freedesktop/Notifications"

    private struct Texts: Sendable {
        let summary: String
        let body: String
    }
}

/// Text without characters that D-Bus strings forbid or that are invisible, 500 characters at most.
private func plain(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars.prefix(500) {
        switch scalar.properties.generalCategory {
        case .control where scalar == "\n": out.unicodeScalars.append(scalar)
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            out += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}

/// The text as markup, for the body of a notification.
private func markup(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        case "'": out += "&#39;"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}

extension GLib {
    /// An unsigned number.
    fileprivate func value(number: UInt32) -> Value { glib.g_variant_new_uint32(number) }

    /// A signed number.
    fileprivate func value(signed number: Int32) -> Value { glib.g_variant_new_int32(number) }

    /// A list of texts.
    fileprivate func value(strings: [String]) -> Value {
        glib.g_variant_new_array("s", strings.map { value($0) }, strings.count)
    }
}
