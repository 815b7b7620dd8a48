/// Products that vendors publish as HIPAA eligible (or expressly not), as far as their lists could be read.
///
/// The ids are this project's and never change. Sections of Twilio's list of 2024-12-11 after Programmable SMS
/// are missing here.
enum PublishedProducts {
  static let entries = lists.flatMap(\.entries)

  private static let architectingGuide = "see the vendor's Architecting for HIPAA guide"

  private static let lists = [
    PublishedList(
      vendor: "Twilio", category: "Runtime Tools", asOf: "2024-12-11",
      source: "Twilio, HIPAA Eligible Services, last updated 2024-12-11",
      products: [
        .init("com.twilio.studio", "Studio", condition: architectingGuide),
        .init("com.twilio.functions", "Functions (API and UI)"),
        .init("com.twilio.debugger", "Debugger"),
        .init("com.twilio.api-explorer", "API Explorer"),
        .init("com.twilio.assets", "Assets / Private Assets", condition: architectingGuide),
        .init("com.twilio.twiml-bin", "TwiML Bin", condition: architectingGuide),
        .init("com.twilio.sync", "Sync"),
      ]),
    PublishedList(
      vendor: "Twilio", category: "Programmable Video", asOf: "2024-12-11",
      source: "Twilio, HIPAA Eligible Services, last updated 2024-12-11",
      products: [
        .init("com.twilio.video-group-rooms", "Small Group Rooms and Group Rooms"),
        .init("com.twilio.video-datatrack", "Datatrack", condition: architectingGuide),
        .init("com.twilio.video-recordings", "Recordings"),
        .init("com.twilio.video-recording-compositions", "Recording compositions"),
        .init("com.twilio.video-media-storage", "Media Storage"),
        .init("com.twilio.network-traversal-service", "Network Traversal Service"),
      ]),
    PublishedList(
      vendor: "Twilio", category: "Programmable Voice and SIP", asOf: "2024-12-11",
      source: "Twilio, HIPAA Eligible Services, last updated 2024-12-11",
      products: [
        .init("com.twilio.phone-numbers", "Twilio Phone Numbers"),
        .init("com.twilio.programmable-voice", "Programmable Voice basics"),
        .init(
          "com.twilio.call-recordings-and-storage", "Call Recordings and Storage",
          condition: architectingGuide),
        .init("com.twilio.call-transcription", "Call Transcription", condition: architectingGuide),
        .init("com.twilio.speech-recognition", "Speech Recognition"),
        .init("com.twilio.text-to-speech", "Text to Speech (Basic and Amazon Polly)"),
        .init("com.twilio.answering-machine-detection", "Answering Machine Detection"),
        .init("com.twilio.dual-channel-recording", "Dual-channel Recording"),
        .init("com.twilio.media-streams", "Media Streams", condition: architectingGuide),
        .init("com.twilio.voice-insights", "Voice Insights"),
        .init(
          "com.twilio.virtual-agent", "Virtual Agent (with Google Dialogflow)",
          condition: architectingGuide),
        .init("com.twilio.global-low-latency", "Global Low Latency (US1 and US2 only)"),
        .init("com.twilio.voip-and-sip", "VoIP and SIP"),
        .init("com.twilio.client", "Twilio Client (mobile and web)"),
        .init("com.twilio.secure-trunking", "Secure Trunking", condition: architectingGuide),
        .init("com.twilio.sip-interface", "SIP Interface", condition: architectingGuide),
        .init("com.twilio.sip-registration", "SIP Registration"),
        .init("com.twilio.interactive-voice-response", "Interactive Voice Response"),
        .init("com.twilio.agent-conference", "Agent Conference"),
        .init("com.twilio.agent-coaching", "Agent Coaching"),
        .init("com.twilio.voice-transfers", "Transfers"),
        .init("com.twilio.outbound-conference-api", "Outbound Conference API"),
        .init("com.twilio.pay", "<Pay>"),
      ]),
    PublishedList(
      vendor: "Twilio", category: "Programmable SMS", asOf: "2024-12-11",
      source: "Twilio, HIPAA Eligible Services, last updated 2024-12-11",
      products: [
        .init("com.twilio.programmable-sms", "Programmable SMS Basics"),
        .init("com.twilio.programmable-mms", "Programmable MMS"),
        .init("com.twilio.long-codes", "Long Codes"),
        .init("com.twilio.toll-free", "Toll-free"),
        .init("com.twilio.short-codes", "Short Codes"),
        .init("com.twilio.messaging-services", "Messaging Services"),
        .init("com.twilio.advanced-opt-out", "Advanced Opt-out"),
        .init("com.twilio.fallback-to-long-code", "Fallback to Long Code"),
        .init("com.twilio.geomatch", "Geomatch / Area Code Geomatch"),
        .init("com.twilio.sticky-sender", "Sticky Sender"),
        .init("com.twilio.message-scheduling", "Message Scheduling"),
        .init("com.twilio.link-shortening", "Link Shortening"),
      ]),
    PublishedList(
      vendor: "Twilio Segment", category: "Customer data platform", asOf: "2025-11-07",
      source: "Segment documentation, HIPAA Eligible Segment",
      products: [
        .init(
          "com.twilio.segment", "Segment (HIPAA eligible workspace, Business tier or add-on, BAA)",
          condition: "workspace verified as eligible; BAA signed")
      ]),
    PublishedList(
      vendor: "Twilio", category: "Messaging", asOf: "2026-06-30",
      source: "Twilio changelog of 2026-06-30",
      products: [
        .init("com.twilio.consent-management-api", "Consent Management API")
      ]),
    PublishedList(
      vendor: "Twilio", category: "Event delivery", asOf: "2026-10-01",
      source: "Twilio documentation, Segment destination page: 'not a HIPAA Eligible Service'",
      products: [
        .init("com.twilio.data-destinations", "Data Destinations (private beta)", eligible: false)
      ]),
  ]
}

/// One section of one published list.
private struct PublishedList {
  struct Product {
    let id: String
    let name: String
    let eligible: Bool
    let condition: String

    init(_ id: String, _ name: String, eligible: Bool = true, condition: String = "") {
      self.id = id
      self.name = name
      self.eligible = eligible
      self.condition = condition
    }
  }

  let vendor: String
  let category: String
  let asOf: String
  let source: String
  let products: [Product]

  var entries: [ProductEntry] {
    products.map { product in
      ProductEntry(
        id: product.id, name: product.name, vendor: vendor, category: category,
        eligible: product.eligible, condition: product.condition, asOf: asOf, source: source)
    }
  }
}
