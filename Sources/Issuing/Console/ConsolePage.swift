/// The page of the console that the user wants.
package enum ConsolePage {
    /// The start page.
    case start
    /// The start page of a service.
    case service(String)
    /// A page by its URL.
    case url(String)
}
