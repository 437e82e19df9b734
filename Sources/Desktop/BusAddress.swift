import Glibc
import Text

/// The address of the session bus; nil if there is none that can be known without starting a bus.
///
/// The rules are those of the D-Bus specification, "Server addresses" and "systemd".
func sessionBusAddress(_ variable: String?, runtimeFolder: String?) -> String? {
    let addresses = (variable ?? "").utf8.split(separator: UInt8(ascii: ";")).map { Substring($0) }.filter {
        !$0.begins(with: "autolaunch:")
    }
    if !addresses.isEmpty { return addresses.joined(separator: ";") }
    guard let folder = runtimeFolder, folder.begins(with: "/"), isSocket(folder + "/bus") else { return nil }
    return "unix:path=" + escaped(folder + "/bus")
}

private func isSocket(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFSOCK
}

/// A value inside an address: bytes outside `[-0-9A-Za-z_/.]` as `%` and two digits.
private func escaped(_ value: String) -> String {
    let digits = Array("0123456789abcdef")
    return value.utf8.reduce(into: "") { text, byte in
        switch byte {
        case 45...57, 65...90, 95, 97...122: text.unicodeScalars.append(Unicode.Scalar(byte))
        default: text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
    }
}
