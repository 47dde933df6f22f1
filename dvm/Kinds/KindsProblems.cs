namespace PoA.Nostr.Dvm.Kinds;

/// <summary>What can be wrong with the input of a job, or with an answer that is checked again.</summary>
public static class KindsProblems
{
    public static readonly Problem InputMissing =
        new("kinds/input-missing", 422, RecoveryAction.FixRequest, "The job has no input of a type that it needs.");

    public static readonly Problem InputUnsupported =
        new("kinds/input-unsupported", 422, RecoveryAction.FixRequest, "This kind does not take such an input.");

    public static readonly Problem InputTooLarge =
        new("kinds/input-too-large", 413, RecoveryAction.FixRequest, "The input is larger than this kind takes.");

    public static readonly Problem ParamInvalid =
        new("kinds/param-invalid", 422, RecoveryAction.FixRequest, "A parameter has a value that cannot be used.");

    public static readonly Problem FilterInvalid =
        new("kinds/filter-invalid", 422, RecoveryAction.FixRequest, "The filter is not one of NIP-01.");

    public static readonly Problem EventNotFound =
        new("kinds/event-not-found", 404, RecoveryAction.FixRequest, "An event that the job names was not found.");

    public static readonly Problem LengthTooSmall = new(
        "kinds/length-too-small", 422, RecoveryAction.FixRequest, "No whole sentence of the text is as short as that.");

    public static readonly Problem TooManyEvents = new(
        "kinds/too-many-events", 422, RecoveryAction.FixRequest,
        "The relays hold more matching events than one job counts over relays: narrow the filter.");

    public static readonly Problem FormatUnknown = new(
        "kinds/format-unknown", 415, RecoveryAction.FixRequest, "The document is of no form that can be read here.");

    public static readonly Problem DocumentBroken =
        new("kinds/document-broken", 422, RecoveryAction.FixRequest, "The document is broken.");

    public static readonly Problem NoText =
        new("kinds/no-text", 422, RecoveryAction.GiveUp, "There is no text in the document: it may be pictures.");

    public static readonly Problem NoSegments = new(
        "kinds/no-segments", 422, RecoveryAction.FixRequest, "Only subtitles have segments: ask for raw alignment.");

    public static readonly Problem PdfUnreadable = new(
        "kinds/pdf-unreadable", 501, RecoveryAction.GoElsewhere, "PDFs cannot be read here: pdftotext is missing.");

    /// <summary>An output that its verifier does not confirm. The detail says where.</summary>
    public static readonly Problem OutputWrong =
        new("kinds/output-wrong", 500, RecoveryAction.TellOperator, "The result does not stand up to its check.");

    public static Problem Wrong(string detail) => OutputWrong with { Detail = detail };

    public static Problem Param(string name, string must) => ParamInvalid with { Detail = $"{name} must be {must}." };
}
