import CGLib
import Glibc

/// GLib, GObject and GIO.
class GLib: @unchecked Sendable {
    /// Their functions.
    let glib: warder_glib

    /// Opens them by the name of a library that is linked with them; nil where one or a function of it is missing.
    init?(_ name: String) {
        var glib = warder_glib()
        guard warder_glib_open(&glib, name) == 1 else { return nil }
        self.glib = glib
    }
}

/// libsecret, and GLib that it is made with.
final class Libsecret: GLib, @unchecked Sendable {
    /// The functions of libsecret.
    let secret: warder_secret

    /// Opens them; nil where there is no libsecret, or one without a function that is needed.
    override init?(_ name: String) {
        var secret = warder_secret()
        guard warder_secret_open(&secret, name) == 1 else { return nil }
        self.secret = secret
        super.init(name)
    }

    /// Why it was not opened just now, in this thread: dlerror(3), in the words of glibc's elf/dl-load.c and dl-lookup.c.
    static func failure(_ name: String) -> SecretServiceError {
        guard let text = dlerror() else { return .noLibrary }
        let reason = String(cString: text)
        let isAbsent = reason == name + ": cannot open shared object file: No such file or directory"
        return isAbsent || reason.contains("undefined symbol: ") ? .noLibrary : .unloadable(reason: reason)
    }
}

/// A `GError` as it is filled in by a call.
typealias ErrorPointer = UnsafeMutablePointer<warder_gerror>
