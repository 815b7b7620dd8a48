/// The 18 identifiers of the Safe Harbor method, 45 CFR 164.514(b)(2)(i), as custom matchers.
///
/// The letters are the rule's own. Names and keys are this project's choice; the rule names data, no keys. Matching
/// these keys does not by itself de-identify anything.
package enum SafeHarbor {
  /// One identifier of the rule.
  package struct Identifier: Sendable {
    /// (A) to (R).
    package let letter: Character
    /// As the rule has it, shortened.
    package let text: String
    package let matcher: Matcher
  }

  package static let identifiers: [Identifier] = [
    Identifier(
      letter: "A", text: "Names",
      matcher: named(
        "safe harbor names", "patient first name", "patient last name",
        "patient full name", "member name", "subscriber name", "guarantor name", "provider name",
        "physician name", "emergency contact", "next of kin", "initials", "nickname", "alias")),
    Identifier(
      letter: "B", text: "Geographic subdivisions smaller than a state",
      matcher: named(
        "safe harbor geography",
        "county", "precinct", "parish", "neighborhood", "district", "census tract", "geocode",
        "latitude", "longitude", "lat", "lng", "geolocation", "coordinates", "zip4", "zip plus 4")),
    Identifier(
      letter: "C", text: "Dates but for the year, and ages over 89",
      matcher: named(
        "safe harbor dates",
        "admission date", "admitted at", "discharge date", "discharged at", "death date",
        "date of death", "deceased at", "service date", "date of service", "visit date",
        "appointment date", "procedure date", "diagnosis date", "age", "age in years")),
    Identifier(
      letter: "D", text: "Telephone numbers",
      matcher: named(
        "safe harbor telephone", "tel", "phone home",
        "phone work", "phone mobile", "contact number", "emergency phone", "pager")),
    Identifier(
      letter: "E", text: "Fax numbers", matcher: named("fax", "fax number", "fax no", "facsimile")),
    Identifier(
      letter: "F", text: "Electronic mail addresses",
      matcher: named(
        "safe harbor email", "e mail address",
        "contact email", "personal email", "work email", "recipient")),
    Identifier(
      letter: "G", text: "Social security numbers",
      matcher: named(
        "safe harbor ssn", "ssn last 4", "ssn4",
        "social", "soc sec", "sin", classification: .red)),
    Identifier(
      letter: "H", text: "Medical record numbers",
      matcher: named(
        "mrn", "medical record", "medical record number",
        "medical record no", "record number", "chart number", "patient id", "patient number",
        "patient identifier", "encounter id", "encounter number", "visit number")),
    Identifier(
      letter: "I", text: "Health plan beneficiary numbers",
      matcher: named(
        "health plan", "member id",
        "member number", "beneficiary id", "beneficiary number", "subscriber id", "policy number",
        "policy id", "group number", "insurance id", "insurance number", "medicare number",
        "medicaid number", "mbi", "hicn", "plan id")),
    Identifier(
      letter: "J", text: "Account numbers",
      matcher: named(
        "account number", "account no", "account id",
        "acct", "iban", "bank account", "routing number", "guarantor account", "billing account")),
    Identifier(
      letter: "K", text: "Certificate and license numbers",
      matcher: named(
        "safe harbor license", "npi",
        "npi number", "dea", "dea number", "license no", "licence no", "drivers license number",
        "driver license number", "birth certificate number", "certificate id")),
    Identifier(
      letter: "L", text: "Vehicle identifiers and serial numbers",
      matcher: named(
        "vehicle", "vin",
        "vehicle identification number", "license plate", "licence plate", "plate number",
        "registration number")),
    Identifier(
      letter: "M", text: "Device identifiers and serial numbers",
      matcher: named(
        "device", "device id",
        "device identifier", "device serial number", "udi", "unique device identifier", "imei",
        "meid", "advertising id", "idfa", "idfv", "gaid", "android id", "implant id")),
    Identifier(
      letter: "N", text: "Web universal resource locators",
      matcher: named(
        "url", "uri", "href", "link",
        "web address", "website", "homepage", "referrer", "referer", "profile url")),
    Identifier(
      letter: "O", text: "Internet protocol addresses",
      matcher: named(
        "safe harbor ip", "ip addr", "ipv4",
        "ipv6", "x forwarded for", "source ip", "user ip", "host ip")),
    Identifier(
      letter: "P", text: "Biometric identifiers, finger and voice prints",
      matcher: named(
        "biometric",
        "biometrics", "fingerprint", "finger print", "voiceprint", "voice print", "iris scan",
        "retina scan", "face template", "face id", "dna", "genome")),
    Identifier(
      letter: "Q", text: "Full-face photographs and comparable images",
      matcher: named(
        "photographs",
        "full face photo", "face image", "headshot", "selfie", "portrait", "image url",
        "photo url", "avatar url", "picture url")),
    Identifier(
      letter: "R", text: "Any other unique identifying number, characteristic or code",
      matcher: named(
        "unique identifier", "unique id", "uuid", "guid", "external id", "customer id",
        "case number", "claim number", "claim id", "accession number", "specimen id",
        "prescription number", "rx number", "study id", "barcode")),
  ]

  /// Every matcher of the preset, in the order of the rule.
  package static var matchers: [Matcher] { identifiers.map(\.matcher) }

  private static func named(
    _ name: String, _ synonyms: String..., classification: Classification = .yellow
  ) -> Matcher {
    Matcher(name: name, classification: classification, synonyms: synonyms)
  }
}
