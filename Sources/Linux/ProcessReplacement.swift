import CLinux
import Glibc
import Secrets

/// Finds `arguments[0]` in `PATH` and replaces this process with it. Returns only on failure.
///
/// The corresponding C function is `execvpe`.
///
/// - Parameters:
///   - withheld: the names of variables to remove from the environment.
///   - adding: `NAME=value` texts to add to the environment; they replace variables of the same name only if those are
///     withheld.
public func replaceProcess(_ arguments: [String], withheld: [String], adding: borrowing VariableList) -> SystemError {
    let code = withVariables(without: withheld, adding: adding.pointers) { environment in
        withArguments(arguments) { arguments in
            warder_become(arguments[0], arguments, environment)
            return errno
        }
    }
    return SystemError(call: "execve", path: arguments[0], code: code)
}

/// `NAME=value` texts for a program's environment, some of them secret, all in one locked buffer.
public struct VariableList: ~Copyable {
    private var text = SecretBytes(capacity: 4096)
    private var starts: [Int] = []

    /// An empty list.
    public init() {}

    /// Adds a variable whose value is not secret and contains no NUL byte.
    public mutating func add(_ name: String, _ value: String) {
        starts.append(text.count)
        text.append(name)
        text.append(UInt8(ascii: "="))
        text.append(value)
        text.append(0 as UInt8)
    }

    /// Adds a variable whose value is secret and contains no NUL byte.
    public mutating func add(_ name: String, _ value: borrowing SecretBytes) {
        starts.append(text.count)
        text.append(name)
        text.append(UInt8(ascii: "="))
        text.append(value)
        text.append(0 as UInt8)
    }

    /// Where each text begins; valid until the list is changed.
    var pointers: [UnsafeMutablePointer<CChar>] {
        text.withUnsafeBytes { bytes in
            starts.compactMap { start in
                bytes.baseAddress.map {
                    UnsafeMutableRawPointer(mutating: $0 + start).assumingMemoryBound(to: CChar.self)
                }
            }
        }
    }
}

/// Lends a C environment: this process's own, without some variables and with others added.
func withVariables<R>(
    without withheld: [String], adding: [UnsafeMutablePointer<CChar>],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    var variables: [UnsafeMutablePointer<CChar>?] = []
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let variable = next.pointee {
        if !withheld.contains(where: { isVariable(variable, named: $0) }) { variables.append(variable) }
        next += 1
    }
    variables.append(contentsOf: adding.map { Optional($0) })
    variables.append(nil)
    return variables.withUnsafeMutableBufferPointer { buffer in
        // The buffer is never empty: it ends with the null pointer just appended.
        withExtendedLifetime(buffer) { body(buffer.baseAddress.unsafelyUnwrapped) }
    }
}

/// The same with variables that hold no secret.
func withVariables<R>(
    without withheld: [String], adding added: [String: String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    let variables = added.compactMap { name, value in strdup("\(name)=\(value)") }
    defer { for variable in variables { free(variable) } }
    return withVariables(without: withheld + added.keys, adding: variables, body)
}

private func isVariable(_ variable: UnsafePointer<CChar>, named name: String) -> Bool {
    let length = name.utf8.count
    return strncmp(variable, name, length) == 0 && variable[length] == CChar(UInt8(ascii: "="))
}

/// Lends an `argv`.
func withArguments<R>(
    _ arguments: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
}
