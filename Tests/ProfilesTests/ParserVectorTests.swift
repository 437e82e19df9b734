import Profiles
import Testing

struct ParserVectors: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let input: Input
        let output: Output
        var testDescription: String { name }
    }
    struct Input: Decodable, Sendable {
        let configFile: String?
        let credentialsFile: String?
    }
    struct Output: Decodable, Sendable {
        let config: Config?
        let errorContaining: String?
    }
    struct Config: Decodable, Sendable {
        let profiles: [String: [String: String]]
        let ssoSessions: [String: [String: String]]?
        enum CodingKeys: String, CodingKey {
            case profiles
            case ssoSessions = "sso_sessions"
        }
    }
    let tests: [Case]

    static let cases = Vectors.json(ParserVectors.self, "profile-parser-tests.json")?.tests ?? []
}

@Suite("The SDKs' suite of the profile parser", .enabled(if: Vectors.folder != nil, "WARDER_VECTORS is not set"))
struct ParserVectorTests {
    @Test func isWhole() { #expect(ParserVectors.cases.count == 65) }

    @Test(arguments: ParserVectors.cases)
    func parses(_ vector: ParserVectors.Case) throws {
        do {
            let set = ProfileSet(
                config: try vector.input.configFile.map(config),
                credentials: try vector.input.credentialsFile.map(credentials))
            let expected = try #require(vector.output.config, "expected an error")
            var found: [String: [String: String]] = [:]
            for name in set.profileNames { found[name] = try set.profile(name)?.materialized() }
            #expect(found == expected.profiles)
            for (name, settings) in expected.ssoSessions ?? [:] {
                #expect(try set.ssoSession(name)?.materialized() == settings)
            }
        } catch let error as ProfileError {
            let expected = try #require(vector.output.errorContaining, "unexpected \(error)")
            #expect(sentence(error).contains(expected))
        }
    }

    /// The suite's own words for each fact.
    private func sentence(_ error: ProfileError) -> String {
        switch error {
        case .unclosedSection: "Profile definition must end with ']'"
        case .outsideSection: "Expected a profile definition"
        case .continuationOutsideProperty: "Expected a property definition, found continuation"
        case .propertyWithoutEquals: "Expected an '=' sign defining a property"
        case .propertyWithoutName: "Property did not have a name"
        case .subpropertyWithoutEquals: "Expected an '=' sign defining a sub-property"
        case .subpropertyWithoutName: "Sub-property did not have a name"
        default: "\(error)"
        }
    }
}

struct LocationVectors: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let environment: [String: String]
        let platform: String
        let profile: String?
        let configLocation: String
        let credentialsLocation: String
        var testDescription: String { name }
    }
    let tests: [Case]

    /// Those for Windows say nothing about a program for Linux.
    static let cases = (Vectors.json(LocationVectors.self, "file-location-tests.json")?.tests ?? [])
        .filter { $0.platform == "linux" }
}

@Suite("The SDKs' suite of file locations", .enabled(if: Vectors.folder != nil, "WARDER_VECTORS is not set"))
struct LocationVectorTests {
    @Test func isWhole() { #expect(LocationVectors.cases.count == 4) }

    @Test(arguments: LocationVectors.cases)
    func finds(_ vector: LocationVectors.Case) throws {
        let found = try FileLocations.find { vector.environment[$0] }
        #expect(found.config == vector.configLocation)
        #expect(found.credentials == vector.credentialsLocation)
        if let profile = vector.profile { #expect(found.profile == profile) }
    }
}
