/// Why a config or credentials file is invalid or cannot be found. No case carries a value from the file.
public enum ProfileError: Error, Equatable, Sendable {
    /// A line that starts with `[` and, ignoring a comment, does not end with `]`.
    case unclosedSection(Origin)
    /// A setting or a continuation before the first section.
    case outsideSection(Origin)
    /// An indented line without a setting before it.
    case continuationOutsideProperty(Origin)
    /// A line without `=`, or with a comment before it.
    case propertyWithoutEquals(Origin)
    /// A line that starts with `=`.
    case propertyWithoutName(Origin)
    /// Below a setting with an empty value: an indented line without `=`.
    case subpropertyWithoutEquals(Origin)
    /// Below a setting with an empty value: an indented line that starts with `=`.
    case subpropertyWithoutName(Origin)
    /// A value that is needed is not UTF-8 or contains a NUL byte.
    case unreadableValue(key: String, Origin)
    /// `include_profile` leads back to `profile`.
    case includeCycle(profile: String, Origin)
    /// `include_profile` names `profile`, which is in neither file.
    case includedProfileMissing(profile: String, Origin)
    /// A file in UTF-16, as some Windows editors and shells write it.
    case utf16(path: String, WideEncoding)
    /// A file of 2 GiB or more.
    case fileTooLarge(path: String)
    /// A path starts at the home directory, which is unknown.
    case homeUnknown

    /// The line to look at, if there is one.
    public var origin: Origin? {
        switch self {
        case .unclosedSection(let origin), .outsideSection(let origin), .continuationOutsideProperty(let origin),
            .propertyWithoutEquals(let origin), .propertyWithoutName(let origin),
            .subpropertyWithoutEquals(let origin), .subpropertyWithoutName(let origin),
            .unreadableValue(_, let origin), .includeCycle(_, let origin), .includedProfileMissing(_, let origin):
            origin
        case .utf16(let path, _): Origin(path: path, line: 1)
        case .fileTooLarge, .homeUnknown: nil
        }
    }
}
