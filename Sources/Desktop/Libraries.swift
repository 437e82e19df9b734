import CGLib
import Glibc
import Text

/// GLib, GObject and GIO.
class GLib: @unchecked Sendable {
    /// Their functions.
    let glib: warder_glib

    /// Opens them by the name of a library that is linked with them; nil if one, or a function of it, is missing.
    init?(_ name: String) {
        var glib = warder_glib()
        guard warder_glib_open(&glib, name) == 1 else { return nil }
        self.glib = glib
    }
}

/// libsecret and the GLib that it is linked with.
final class Libsecret: GLib, @unchecked Sendable {
    /// The functions of libsecret.
    let secret: warder_secret

    /// Opens them; nil if libsecret, or a function of it that warder needs, is missing.
    override init?(_ name: String) {
        var secret = warder_secret()
        guard warder_secret_open(&secret, name) == 1 else { return nil }
        self.secret = secret
        super.init(name)
    }

    /// Why opening has just failed in this thread: dlerror(3), in the words of glibc's elf/dl-load.c and dl-lookup.c.
    static func failure(_ name: String) -> SecretServiceError {
        guard let text = dlerror() else { return .noLibrary }
        let reason = String(cString: text)
        let isAbsent = reason == name + ": cannot open shared object file: No such file or directory"
        return isAbsent || reason.includes("undefined symbol: ") ? .noLibrary : .unloadable(reason: reason)
    }
}

/// A `GError` that a call fills in.
typealias ErrorPointer = UnsafeMutablePointer<warder_gerror>
