import Testing

@testable import Chains

@Suite("A credential_process that runs aws-vault")
struct AWSVaultCommandTests {
    @Test(arguments: [
        ("aws-vault exec --json prod", "prod", false), ("/usr/local/bin/aws-vault exec prod --json", "prod", false),
        ("aws-vault exec -j prod", "prod", false), ("aws-vault exec -nj prod", "prod", true),
        ("aws-vault exec --duration 1h --json prod", "prod", false), ("aws-vault exec -d 1h -j prod", "prod", false),
        ("aws-vault exec -d1h -j prod", "prod", false), ("aws-vault --backend=file exec --json prod", "prod", false),
        ("aws-vault --prompt ykman exec prod --json --no-session", "prod", true),
        ("aws-vault export --format=json prod", "prod", false),
        ("aws-vault export --format json prod -n", "prod", true),
        ("env AWS_VAULT_BACKEND=pass aws-vault export --format json prod", "prod", false),
        ("'/opt/a b/aws-vault' exec --json 'a b'", "a b", false),
    ])
    func isRead(_ command: String, _ profile: String, _ isWithoutSession: Bool) {
        let read = AWSVaultCommand(command)
        #expect(read?.profile == profile && read?.isWithoutSession == isWithoutSession)
    }

    @Test(arguments: [
        "", "aws-vault", "aws-vault exec prod", "aws-vault exec prod -- env", "aws-vault exec --json",
        "aws-vault exec --json prod env", "aws-vault export prod", "aws-vault export --format=env prod",
        "aws-vault list --json prod", "my-aws-vault exec --json prod", "aws-vault exec --json $P",
        "A=b aws-vault exec --json prod", "aws-vault exec --json prod | cat", "aws-vault exec --json 'prod",
        "warder process prod",
    ])
    func isAnother(_ command: String) { #expect(AWSVaultCommand(command) == nil) }
}
