"""What the documents name that neither warder's source nor its command line has, and whose it is.

A name that is not needed here any more fails the tests, as one that is missing does.
"""

NAMES = {
    # Of other programs.
    "--profile": "an option of the AWS CLI",
    "--path-as-is": "an option of curl",
    "--no-install-recommends": "an option of apt",
    "--single": "an option of ykman",
    "--touch": "an option of ykman",
    "env_auth": "a setting of rclone",
    "force_display": "a setting of starship",
    "object_store": "a crate of Rust",
    "AWS_FORCE_CREDENTIAL_LOAD": "a variable of deltalake",
    "POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS": "a variable of powerlevel9k",
    "LD_PRELOAD": "a variable of the dynamic loader",
    "AWS_VAULT_BACKEND": "a variable of aws-vault",
    "AWS_VAULT_FILE_PASSPHRASE": "a variable of aws-vault",
    "AWS_VAULT_PROMPT": "a variable of aws-vault",
    "AWS_VAULT_FILE_DIR": "a variable of aws-vault",
    "AWS_VAULT_KEYCHAIN_NAME": "a variable of aws-vault",
    "AWS_VAULT_SECRET_SERVICE_COLLECTION_NAME": "a variable of aws-vault",
    "AWS_VAULT_PASS_CMD": "a variable of aws-vault",
    "AWS_VAULT_PASS_PREFIX": "a variable of aws-vault",
    "AWS_VAULT_PASS_PASSWORD_STORE_DIR": "a variable of aws-vault",
    "YKMAN_OATH_CREDENTIAL_NAME": "a variable of aws-vault",
    "--parallel-safe": "an option of aws-vault's fork",
    # Of aws-vault, and not read here, as docs/from-aws-vault.md says.
    "parent_profile": "a setting of aws-vault",
    "web_identity_token_process": "a setting of aws-vault",
    "AWS_ASSUME_ROLE_TTL": "a variable of aws-vault",
    "AWS_SESSION_TOKEN_TTL": "a variable of aws-vault",
    "AWS_CHAINED_SESSION_TOKEN_TTL": "a variable of aws-vault",
    "AWS_FEDERATION_TOKEN_TTL": "a variable of aws-vault",
    "AWS_MIN_TTL": "a variable of aws-vault",
    # Of Foundation, which no module imports.
    "Data": "a type of Foundation",
    # Of building and testing warder.
    "--no-eh-frame-hdr": "an option of the linker",
    "SOURCE_DATE_EPOCH": "a variable of reproducible builds",
    "WARDER_FUZZ": "a variable of the package's manifest",
    "WARDER_NU_GRAMMAR": "a variable of the tests",
    "WARDER_RECORD_MESSAGES": "a variable of the tests",
    "WARDER_ROTATE_KILLS": "a variable of the tests",
    "WARDER_VECTORS": "a variable of the tests",
}
