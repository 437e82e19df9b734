import Secrets

/// How a shell or a format writes what a script is made of.
protocol Syntax: SendableMetatype {
    /// What stands before everything.
    static var opening: String { get }
    /// What stands behind everything.
    static func closing(isEmpty: Bool) -> String
    /// What is printed in place of a script that could not be made, so that taking it in fails; empty where a program
    /// reads it, which sees the exit code.
    static var failing: String { get }
    /// Its readers decode UTF-8, and would replace or refuse other bytes.
    static var isUnicode: Bool { get }
    /// Its quoting carries these bytes, which hold no control characters, to every reader.
    static func carries(_ value: borrowing SecretBytes) -> Bool
    /// Adds what gives the variable `name` a value that the syntax carries.
    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes)
    /// Adds what takes the variable `name` away; false where there is no such thing.
    static func unset(_ name: String, isFirst: Bool, _ text: inout SecretBytes) -> Bool
}

extension Syntax {
    static var opening: String { "" }
    static func closing(isEmpty: Bool) -> String { "" }
    static var failing: String { "" }
    static var isUnicode: Bool { true }
    static func carries(_ value: borrowing SecretBytes) -> Bool { true }
    static func unset(_ name: String, isFirst: Bool, _ text: inout SecretBytes) -> Bool { false }
}
