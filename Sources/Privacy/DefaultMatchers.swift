/// The matchers that ship with the project.
///
/// Names and classifications are those of Segment's published list (Privacy Portal, Default PII Matchers, as of
/// 2025-11-07). That list names no keys: the synonyms are this project's own choice.
package enum DefaultMatchers {
  package static let all = red + yellow

  private static let red = matchers(
    .red,
    [
      ("social security number", ["ssn", "social security", "social security no"]),
      ("password", ["passwd", "passphrase", "pwd"]),
      ("visa", ["visa number", "visa no"]),
      ("veteran", ["veteran status", "military status"]),
      ("disability", ["disabilities", "disability status"]),
      ("credit card", ["credit card number", "card number", "debit card", "debit card number"]),
      ("passport", ["passport number", "passport no"]),
      ("token", ["access token", "auth token", "api token", "refresh token", "session token"]),
    ])

  private static let yellow = matchers(
    .yellow,
    [
      ("race", ["racial group"]),
      ("birthdate", ["date of birth", "birthday", "dob", "birth day"]),
      (
        "phone",
        [
          "phone number", "telephone", "telephone number", "mobile", "mobile phone",
          "mobile number", "cell phone", "home phone", "work phone",
        ]
      ),
      ("address", ["home address", "postal address", "mailing address", "billing address"]),
      ("gender", ["gender identity"]),
      ("ethnicity", ["ethnic group", "ethnic origin"]),
      ("citizenship", ["nationality", "citizenship status"]),
      (
        "name",
        [
          "first name", "last name", "middle name", "full name", "given name", "family name",
          "surname", "maiden name", "patient name",
        ]
      ),
      ("street", ["street name", "street address", "address line 1", "address line 2"]),
      ("city", ["town"]),
      ("zipcode", ["zip", "postal code", "postcode", "post code"]),
      ("email", ["email address", "mail address"]),
      ("certificate", ["certificate number", "certificate no"]),
      (
        "license",
        ["licence", "license number", "licence number", "drivers license", "driver license"]
      ),
      ("identification", ["identification number", "id number", "national id", "tax id"]),
      ("serial", ["serial number", "serial no", "device serial"]),
      ("ip", ["ip address", "client ip", "remote ip"]),
      ("photo", ["photograph", "picture", "profile photo", "profile picture", "avatar"]),
      ("salary", ["income", "wage", "annual salary"]),
      ("religion", ["religious affiliation", "faith"]),
      ("mac", ["mac address"]),
      ("sex", ["biological sex", "sex assigned at birth", "birth sex"]),
      ("sexual orientation", ["sexuality"]),
      ("medication", ["medications", "prescription", "prescriptions", "drug"]),
      ("allergy", ["allergies", "allergen"]),
      ("condition", ["conditions", "medical condition", "health condition"]),
      ("diagnosis", ["diagnoses", "diagnosis code", "icd10", "icd code"]),
      ("procedure", ["procedures", "procedure code", "cpt code"]),
    ])

  private static func matchers(
    _ classification: Classification, _ list: [(String, [String])]
  ) -> [Matcher] {
    list.map { name, synonyms in
      Matcher(name: name, classification: classification, synonyms: synonyms, isDefault: true)
    }
  }
}
