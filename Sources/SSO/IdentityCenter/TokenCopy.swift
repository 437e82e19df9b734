import Secrets
import Times

extension SSOToken {
    /// A copy of the token.
    public borrowing func duplicate() -> SSOToken {
        SSOToken(
            accessToken: accessToken.copy(), expiration: expiration, refreshToken: copy(of: refreshToken),
            registration: registrationCopy(), site: site)
    }

    /// Whether it has a refresh token, and a valid registration for it.
    public borrowing func canBeRenewed(at now: UnixTime) -> Bool {
        guard refreshToken != nil else { return false }
        switch registration {
        case .some(let registration): return registration.expiration > now
        case .none: return false
        }
    }

    private borrowing func registrationCopy() -> Registration? {
        switch registration {
        case .some(let registration): registration.copy()
        case .none: nil
        }
    }
}
