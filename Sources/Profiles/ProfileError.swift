/// What is wrong with a config or credentials file, or with finding it. No case carries a value of the file.
public enum ProfileError: Error, Equatable, Sendable {
    /// A line that starts with `[` and does not end, comment aside, with `]`.
    case unclosedSection(Origin)
    /// A setting or a continuation before the first section.
    case outsideSection(Origin)
    /// An indented line that no setting stands before.
    case continuationOutsideProperty(Origin)
    /// A line without `=`, or with a comment before it.
    case propertyWithoutEquals(Origin)
    /// A line that starts with `=`.
    case propertyWithoutName(Origin)
    /// Below a setting with an empty value: an indented line without `=`.
    case subpropertyWithoutEquals(Origin)
    /// Below a setting with an empty value: an indented line that starts with `=`.
    case subpropertyWithoutName(Origin)
    /// A value was asked for that is not UTF-8 or holds a NUL byte.
    case unreadableValue(key: String, Origin)
    /// `include_profile` leads back to `profile`.
    case includeCycle(profile: String, Origin)
    /// `include_profile` names `profile`, which is in neither file.
    case includedProfileMissing(profile: String, Origin)
    /// A file in UTF-16, as some editors and shells of Windows write it.
    case utf16(path: String, WideEncoding)
    /// A file of 2 GiB or more.
    case fileTooLarge(path: String)
    /// A path starts at the home directory, which is not known.
    case homeUnknown

    /// The line to look at, where there is one.
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
