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
    targets: [
        // C libraries and the kernel: exactly one module uses each, named beside it.
        .systemLibrary(name: "COpenSSL"),  // Crypto
        .systemLibrary(name: "CExpat"),  // XML
        .target(name: "CCurl"),  // Transport
        .target(name: "CGLib"),  // Desktop
        .target(name: "CLinux"),  // Linux
        .target(name: "CBuild"),  // Setup

        // The lowest layer.
        room("Text"),
        room("Secrets"),
        room("Linux", ["CLinux", "Secrets", "Text"]),
        room("Crypto", ["COpenSSL", "Secrets"]),
        room("Arguments", ["Text"]),
        room("Fields", ["Secrets"]),
        room("Times"),
        room("JSON", ["Secrets", "Text"]),
        room("KeyInput", ["Secrets"]),

        // warder's own subjects.
        room("Profiles", ["Crypto", "Secrets", "Text"]),
        room("Chains", ["Profiles", "Secrets", "Text"]),
        room("Vault", ["Crypto", "Fields", "Linux", "Secrets", "Text"]),
        room("Sessions", ["Crypto", "Fields", "Linux", "Secrets", "Text"]),
        room("Prompt", ["Linux", "Secrets", "Text"]),
        room("RemotePrompts", ["Linux", "Prompt", "Secrets", "Text"]),
        // What is embedded is a link to shell/.
        .target(
            name: "Shells", dependencies: ["Secrets", "Text"], resources: [.embedInCode("Resources")],
            swiftSettings: strict),
        room("TOTP", ["Crypto", "Secrets"]),
        room("Folders", ["Crypto", "Linux", "Secrets", "Text"]),
        room("AuditLog", ["Crypto", "JSON", "Linux", "Secrets", "Text", "Times"]),
        room("Desktop", ["CGLib", "Linux", "Secrets", "Text"]),
        room("Serving", ["Crypto", "Linux", "Secrets"]),

        // Talking to STS.
        room("Signing", ["Crypto", "Secrets", "Text", "Times"]),
        room("Transport", ["CCurl", "Crypto", "Linux", "Secrets", "Text"]),
        .target(
            name: "XML", dependencies: ["CExpat", "Secrets", "Text"], swiftSettings: strict,
            linkerSettings: [.linkedLibrary(":libexpat.a")]),
        room("Metadata", ["JSON", "Secrets", "Text", "Times", "Transport"]),
        room("STS", ["Secrets", "Signing", "Text", "Times", "Transport", "XML"]),
        room("Presigning", ["STS", "Secrets", "Signing", "Text", "Times"]),
        room("SSO", ["Crypto", "Fields", "JSON", "Linux", "STS", "Secrets", "Signing", "Text", "Times", "Transport"]),
        room("Federating", ["JSON", "STS", "Secrets", "Signing", "Text", "Times", "Transport"]),

        // The modules that combine those above.
        room(
            "Failures",
            [
                "Arguments", "AuditLog", "Chains", "Crypto", "Desktop", "Federating", "Folders", "RemotePrompts",
                "KeyInput", "Linux", "Metadata", "TOTP", "Presigning",
                "Profiles", "Prompt", "STS", "SSO", "Secrets", "Serving", "Sessions", "Shells", "Text", "Times",
                "Transport", "Vault",
            ]),
        room(
            "Setup",
            [
                "AuditLog", "CBuild", "Crypto", "Failures", "Folders", "Linux", "Profiles", "Prompt", "Secrets",
                "Sessions",
                "Text", "Times",
                "Transport", "Vault",
            ]),
        room(
            "Stores",
            [
                "AuditLog", "Crypto", "Desktop", "Failures", "Linux", "Profiles", "Prompt", "Secrets", "Sessions",
                "Setup", "Text",
                "Vault",
            ]),
        room(
            "Issuing",
            [
                "AuditLog", "Chains", "Crypto", "Desktop", "Failures", "Federating", "RemotePrompts", "JSON", "Linux",
                "Metadata",
                "TOTP", "Profiles", "Prompt", "STS", "SSO", "Secrets", "Sessions", "Setup", "Signing", "Stores", "Text",
                "Times",
                "Transport", "Vault",
            ]),
        room(
            "Explaining",
            [
                "Chains", "Failures", "Issuing", "JSON", "Linux", "Profiles", "STS", "Sessions", "Setup", "Stores",
                "Text", "Times",
            ]),
        room(
            "Adopting", ["Chains", "Explaining", "Failures", "Linux", "Profiles", "Setup", "Stores", "Text"]),
        room("Populating", ["Chains", "Failures", "Issuing", "Profiles", "Setup", "Text"]),
        room(
            "Adding",
            [
                "AuditLog", "Chains", "Explaining", "Failures", "KeyInput", "Issuing", "Linux", "TOTP", "Profiles",
                "Prompt",
                "STS", "Secrets", "Setup", "Stores", "Text", "Vault",
            ]),
        room(
            "Importing",
            [
                "AuditLog", "Chains", "Explaining", "Failures", "Issuing", "JSON", "KeyInput", "Linux", "Profiles",
                "Prompt", "STS", "Secrets", "Sessions", "Setup", "Stores", "Text", "Vault",
            ]),
        room(
            "Rotating",
            [
                "AuditLog", "Chains", "Failures", "Issuing", "Linux", "Profiles", "STS", "Secrets", "Sessions", "Setup",
                "Stores", "Text", "Times", "Vault",
            ]),
        room(
            "Delivering",
            [
                "AuditLog", "Chains", "Crypto", "Failures", "Issuing", "Linux", "Profiles", "Prompt", "Secrets",
                "Serving",
                "Sessions", "Setup", "Shells", "Text", "Times",
            ]),
        room(
            "Diagnosing",
            [
                "Adopting", "Chains", "Desktop", "Explaining", "Failures", "Importing",
                "Issuing",
                "JSON", "Linux", "Profiles", "Prompt", "STS", "Secrets", "Sessions", "Setup", "Shells",
                "Stores", "Text", "Times", "Transport", "Vault",
            ]),

        .executableTarget(
            name: "warder",
            dependencies: [
                "Adding", "Adopting", "Arguments", "AuditLog", "Chains", "Crypto", "Delivering", "Desktop",
                "Diagnosing",
                "Explaining",
                "Failures", "Folders", "RemotePrompts", "Importing", "Issuing", "JSON", "Linux", "Populating",
                "Presigning",
                "Profiles", "Prompt", "Rotating",
                "Secrets", "Serving", "Sessions", "Setup", "Shells", "Stores", "Text", "Times", "Vault",
            ],
            swiftSettings: strict),

        // Test support: threads for tests that wait.
        .target(name: "Threads", path: "Tests/Threads", swiftSettings: strict),

        tests(of: "Text"),
        tests(of: "Secrets"),
        tests(of: "Linux", ["Secrets", "Threads"]),
        tests(of: "Crypto", ["Secrets", "Servers"]),
        tests(of: "Arguments"),
        tests(of: "Fields", ["Secrets"]),
        tests(of: "Times"),
        tests(of: "JSON", ["Secrets"]),
        tests(of: "KeyInput", ["Secrets"]),
        tests(of: "Profiles", ["Secrets"]),
        tests(of: "Chains", ["Profiles", "Secrets"]),
        tests(of: "Vault", ["Crypto", "Fields", "Linux", "Secrets"]),
        tests(of: "Sessions", ["Crypto", "Linux", "Secrets", "Threads"]),
        .executableTarget(
            name: "PromptRunner", dependencies: ["Linux", "Prompt", "Secrets"], path: "Tests/PromptRunner",
            swiftSettings: strict),
        .testTarget(
            name: "PromptTests", dependencies: ["PromptRunner", "Linux", "Prompt", "Secrets", "Servers", "Threads"],
            exclude: ["terminal.py"],
            swiftSettings: strict),
        tests(of: "TOTP", ["Crypto", "Secrets"]),
        .executableTarget(
            name: "RemotePromptRunner", dependencies: ["RemotePrompts", "Linux", "Prompt", "Secrets"],
            path: "Tests/RemotePromptRunner",
            swiftSettings: strict),
        tests(of: "RemotePrompts", ["Linux", "Prompt", "Secrets", "Threads"]),
        tests(of: "Serving", ["Linux", "Secrets"]),
        tests(of: "Shells", ["Secrets"]),
        tests(of: "Folders", ["Linux"]),
        tests(of: "AuditLog", ["Crypto", "Linux", "Secrets"]),
        .testTarget(
            name: "DesktopTests", dependencies: ["CGLib", "Desktop", "Linux", "Secrets", "Threads"],
            exclude: ["fake_service.py", "notification_daemon.py"], swiftSettings: strict),
        tests(of: "Signing", ["Crypto", "Secrets", "Times"]),
        .target(
            name: "Servers", path: "Tests/Servers",
            exclude: [
                "aws_vault.py", "federation.py", "forking.py", "hostile.py", "identity_center.py", "keyring_client.py",
                "metadata.py",
                "mock_secret_service.py", "recording_sts.py", "slow_moto.py", "signature_v4.py", "iam_account.py",
                "strict_iam.py", "dpop.py", "sign_in.py", "strict_sign_in.py",
            ],
            swiftSettings: strict),
        tests(of: "Transport", ["CCurl", "Crypto", "Secrets", "Servers", "Threads"]),
        tests(of: "XML", ["Secrets"]),
        tests(of: "Metadata", ["JSON", "Secrets", "Servers", "Threads", "Transport"]),
        tests(of: "STS", ["Secrets", "Servers", "Signing", "Threads", "Times", "Transport", "XML"]),
        tests(of: "Presigning", ["STS", "Secrets", "Signing", "Times"]),
        tests(of: "Federating", ["RoomSupport", "STS", "Secrets", "Times", "Transport"]),
        tests(of: "SSO", ["Crypto", "Linux", "STS", "Secrets", "Servers", "Threads", "Times", "Transport"]),
        tests(
            of: "Failures",
            [
                "Arguments", "AuditLog", "Chains", "Crypto", "Desktop", "Federating", "Folders", "KeyInput", "JSON",
                "Linux", "Metadata", "Presigning",
                "Profiles", "Prompt", "RemotePrompts", "SSO", "STS", "Secrets", "Serving", "Sessions", "Setup",
                "Shells", "Signing", "TOTP",
                "Text", "Transport", "Vault",
            ]),
        tests(
            of: "Delivering", ["Failures", "Issuing", "Linux", "Profiles", "Secrets", "Serving", "Sessions", "Times"]),
        tests(
            of: "Explaining",
            [
                "Chains", "Failures", "Issuing", "JSON", "Linux", "Profiles", "RoomSupport", "SSO", "STS", "Secrets",
                "Setup", "Stores", "Text", "Times", "Transport",
            ]),
        tests(of: "Adopting", ["Failures", "Profiles", "RoomSupport", "Secrets", "Setup", "Stores"]),
        tests(of: "Populating", ["Failures", "Issuing", "Profiles", "RoomSupport", "Secrets", "Setup"]),
        tests(
            of: "Diagnosing",
            [
                "Failures", "Importing", "Issuing", "Linux", "Profiles", "RoomSupport", "STS", "Secrets", "Setup",
                "Stores", "Transport", "Vault",
            ]),
        tests(
            of: "warder", ["Arguments", "Failures", "Shells"]),

        // What the tests of the upper rooms stand on: a world and a home of their own.
        .target(
            name: "RoomSupport",
            dependencies: [
                "AuditLog", "Crypto", "Failures", "Linux", "Secrets", "Setup", "Stores", "Text", "Times", "Transport",
                "Vault",
            ],
            path: "Tests/RoomSupport", swiftSettings: strict),
        tests(
            of: "Setup",
            ["Failures", "Folders", "Linux", "Profiles", "Prompt", "RoomSupport", "Secrets"]),
        tests(
            of: "Stores",
            ["AuditLog", "Failures", "Linux", "RoomSupport", "Secrets", "Sessions", "Setup", "Text", "Vault"]),
        tests(
            of: "Adding",
            ["Failures", "Linux", "RoomSupport", "Secrets", "Sessions", "Setup", "Stores", "Transport", "Vault"]),
        tests(
            of: "Importing",
            ["Failures", "Linux", "Profiles", "RoomSupport", "Secrets", "Setup", "Stores", "Transport", "Vault"]),
        tests(
            of: "Rotating",
            ["Failures", "Issuing", "RoomSupport", "Secrets", "Setup", "Stores", "Times", "Transport", "Vault"]),
        tests(
            of: "Issuing",
            [
                "AuditLog", "Chains", "Failures", "Linux", "Prompt", "RoomSupport", "Secrets", "Sessions", "Setup",
                "Stores",
                "Threads", "Times", "Transport",
            ]),
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
                "AuditLog", "CFuzzer", "Crypto", "Fields", "JSON", "Linux", "Profiles", "Prompt", "RemotePrompts",
                "Secrets",
                "Serving",
                "Sessions", "TOTP", "Vault", "XML",
            ],
            path: "Tests/Fuzz", exclude: ["CFuzzer", "Corpus", "run"], swiftSettings: strict),
    ]
}
