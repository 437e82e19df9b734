// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// A Swift module of warder, in `Sources/<name>`.
func room(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: strict)
}

/// The tests of a module, in `Tests/<name>Tests`.
func tests(of name: String, _ imports: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: [.byName(name: name)] + imports, swiftSettings: strict)
}

let package = Package(
    name: "warder",
    products: [.executable(name: "warder", targets: ["warder"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // C libraries and the kernel: each has exactly one owner, named beside it.
        .systemLibrary(name: "COpenSSL"),  // Crypto
        .systemLibrary(name: "CExpat"),  // XML
        .target(name: "CCurl"),  // Transport
        .target(name: "CGLib"),  // Desktop
        .target(name: "CLinux"),  // Linux

        // The ground floor.
        room("Text"),
        room("Secrets"),
        room("Linux", ["CLinux", "Secrets", "Text"]),
        room("Crypto", ["COpenSSL", "Secrets"]),
        room("Fields", ["Secrets"]),
        room("Times"),
        room("JSON", ["Secrets", "Text"]),
        room("Intake", ["Secrets"]),

        // What warder is about.
        room("Profiles", ["Secrets", "Text"]),
        room("Chains", ["Profiles", "Secrets", "Text"]),
        room("Vault", ["Crypto", "Fields", "Linux", "Secrets", "Text"]),
        room("Sessions", ["Crypto", "Fields", "Linux", "Secrets", "Text"]),
        room("Prompt", ["Linux", "Secrets", "Text"]),
        room("HandOff", ["Linux", "Prompt", "Secrets", "Text"]),
        room("Shells", ["Secrets", "Text"]),
        room("OneTime", ["Crypto", "Secrets"]),
        room("Folders", ["Crypto", "Linux", "Secrets", "Text"]),
        // What is embedded is a link to shell/.
        .target(name: "Hooks", resources: [.embedInCode("Resources")], swiftSettings: strict),
        room("Desktop", ["CGLib", "Linux", "Secrets", "Text"]),
        room("Serving", ["Crypto", "Linux", "Secrets"]),

        // Talking to STS.
        room("Signing", ["Crypto", "Secrets", "Text", "Times"]),
        room("Transport", ["CCurl", "Crypto", "Secrets", "Text"]),
        .target(
            name: "XML", dependencies: ["CExpat", "Secrets", "Text"], swiftSettings: strict,
            linkerSettings: [.linkedLibrary(":libexpat.a")]),
        room("Metadata", ["JSON", "Secrets", "Text", "Times", "Transport"]),
        room("STS", ["Secrets", "Signing", "Text", "Times", "Transport", "XML"]),
        room("SSO", ["Crypto", "Fields", "JSON", "Linux", "STS", "Secrets", "Signing", "Text", "Times", "Transport"]),

        .executableTarget(
            name: "warder",
            dependencies: [
                "Chains", "Crypto", "Desktop", "Folders", "HandOff", "Hooks", "Intake", "JSON", "Linux", "Metadata",
                "OneTime",
                "Profiles", "Prompt", "Secrets", "Serving", "Sessions", "Shells", "SSO", "STS", "Text", "Times",
                "Transport", "Vault",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        tests(of: "Text"),
        tests(of: "Secrets"),
        tests(of: "Linux", ["Secrets"]),
        tests(of: "Crypto", ["Secrets"]),
        tests(of: "Fields", ["Secrets"]),
        tests(of: "Times"),
        tests(of: "JSON", ["Secrets"]),
        tests(of: "Intake", ["Secrets"]),
        tests(of: "Profiles", ["Secrets"]),
        tests(of: "Chains", ["Profiles", "Secrets"]),
        tests(of: "Vault", ["Crypto", "Fields", "Linux", "Secrets"]),
        tests(of: "Sessions", ["Crypto", "Linux", "Secrets"]),
        .executableTarget(
            name: "Asking", dependencies: ["Linux", "Prompt", "Secrets"], path: "Tests/Asking", swiftSettings: strict),
        .testTarget(
            name: "PromptTests", dependencies: ["Asking", "Linux", "Prompt", "Secrets"], exclude: ["terminal.py"],
            swiftSettings: strict),
        tests(of: "OneTime", ["Crypto", "Secrets"]),
        .executableTarget(
            name: "Waiting", dependencies: ["HandOff", "Linux", "Prompt", "Secrets"], path: "Tests/Waiting",
            swiftSettings: strict),
        tests(of: "HandOff", ["Linux", "Prompt", "Secrets"]),
        tests(of: "Serving", ["Linux", "Secrets"]),
        tests(of: "Shells", ["Secrets"]),
        tests(of: "Folders", ["Linux"]),
        .testTarget(
            name: "DesktopTests", dependencies: ["CGLib", "Desktop", "Linux", "Secrets"],
            exclude: ["fake_service.py", "notification_daemon.py"], swiftSettings: strict),
        tests(of: "Signing", ["Crypto", "Secrets", "Times"]),
        .target(
            name: "Servers", path: "Tests/Servers",
            exclude: [
                "hostile.py", "identity_center.py", "keyring_client.py", "metadata.py", "mock_secret_service.py",
                "recording_sts.py", "slow_moto.py",
            ],
            swiftSettings: strict),
        tests(of: "Transport", ["CCurl", "Crypto", "Secrets", "Servers"]),
        tests(of: "XML", ["Secrets"]),
        tests(of: "Metadata", ["JSON", "Secrets", "Servers", "Transport"]),
        tests(of: "STS", ["Secrets", "Servers", "Signing", "Times", "Transport", "XML"]),
        tests(of: "SSO", ["Linux", "STS", "Secrets", "Servers", "Times", "Transport"]),
    ],
    swiftLanguageModes: [.v6]
)

// Only `make fuzz` builds these: they need flags for every module, which it passes on the command line.
if Context.environment["WARDER_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzzer", "Crypto", "Fields", "HandOff", "JSON", "Linux", "OneTime", "Profiles", "Prompt", "Secrets",
                "Serving", "Sessions", "Vault", "XML",
            ],
            path: "Tests/Fuzz", exclude: ["CFuzzer", "Corpus", "run"], swiftSettings: strict),
    ]
}
