import Failures
import RoomSupport
import Setup
import Testing

@testable import Stores

/// A kind of store that the tests of what every store does run on.
enum StoreUnderTest: Sendable, CustomTestStringConvertible {
    /// A vault that a keyfile opens.
    case vault

    /// Those that there can be here.
    static let all: [StoreUnderTest] = [.vault]

    var testDescription: String {
        switch self {
        case .vault: "the vault"
        }
    }

    /// An empty store of the test's own.
    func place() throws -> any PlaceOfStore {
        switch self {
        case .vault: try VaultPlace()
        }
    }
}

/// Where a store lies that a test has for itself.
protocol PlaceOfStore: Sendable {
    /// The store, as a process that has just started has it.
    func store() throws(Failure) -> any KeyStore
}

private struct VaultPlace: PlaceOfStore {
    let home: TestHome

    init() throws {
        home = try TestHome()
        try home.makeVault([])
    }

    func store() throws(Failure) -> any KeyStore { VaultStore(try home.context()) }
}
