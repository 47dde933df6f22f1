using System.Security.Cryptography;
using System.Text;
using PoA.Nostr.Payments.Lightning;
using PoA.Nostr.Payments.Zaps;

namespace PoA.Nostr.Tests.Payments.Zaps;

/// <summary>NIP-57 appendices D, E and F, and what forgers try.</summary>
public sealed class CheckZapTests : IDisposable
{
    const long Now = 1_800_000_000;
    static readonly byte[] Node = SHA256.HashData("node"u8);
    readonly SecretKey _payer = SecretKey.Generate();
    readonly SecretKey _payee = SecretKey.Generate();
    readonly SecretKey _wallet = SecretKey.Generate();

    ZapRecipient Recipient => new(_payee.Pubkey, _wallet.Pubkey);

    [Fact]
    public void An_honest_receipt_says_who_paid_whom_how_much()
    {
        var zap = Check(Receipt(Request(), 21_000), Recipient);

        Assert.Equal((_payer.Pubkey, _payee.Pubkey, new Msat(21_000), "Well done."), (
            zap!.Request.Event.Pubkey, zap.Request.Recipient, zap.Amount, zap.Request.Comment));
    }

    [Fact]
    public void A_receipt_that_anybody_signed_is_forged()
    {
        using var forger = SecretKey.Generate();

        Refused(ZapProblems.WrongSigner, Receipt(Request(), 21_000, signer: forger));
        Refused(ZapProblems.WrongSigner, Receipt(Request(), 21_000, signer: _payee));
    }

    [Fact]
    public void An_invoice_over_another_amount_or_none_is_refused()
    {
        Refused(ZapProblems.WrongAmount, Receipt(Request(), 1_000));
        Refused(ZapProblems.WrongAmount, Receipt(Request(amount: null), invoice: null));
        Assert.NotNull(Check(Receipt(Request(amount: null), 5_000), Recipient));
    }

    [Fact]
    public void A_zap_of_somebody_else_is_refused()
    {
        using var other = SecretKey.Generate();

        Refused(ZapProblems.WrongRecipient, Receipt(Request(recipient: other.Pubkey), 21_000));
        var shown = Receipt(Request(), 21_000);
        var moved = _wallet.Sign(new(
            9_735, Now, [["p", other.Pubkey], .. shown.Tags.Where(tag => tag[0] != "p")], ""));
        Refused(ZapProblems.WrongRecipient, moved);
    }

    [Fact]
    public void The_request_inside_must_be_the_payers_and_whole()
    {
        var json = Request();

        Refused(ZapProblems.WrongRequest, Receipt(json.Replace("Well", "Ill", StringComparison.Ordinal), 21_000));
        Refused(ZapProblems.WrongRequest, Receipt("{}", 21_000));
        var twice = _payer.Sign(new(
            9_734, Now, [["relays", "wss://r.example"], ["p", _payee.Pubkey], ["p", _payee.Pubkey]], ""));
        Refused(ZapProblems.WrongRequest, Receipt(Json(twice), 21_000));
        var alien = _payer.Sign(new(
            9_734, Now, [["relays", "wss://r.example"], ["p", _payee.Pubkey], ["P", _payer.Pubkey]], ""));
        Refused(ZapProblems.WrongRequest, Receipt(Json(alien), 21_000));
        var note = _payer.Sign(new(1, Now, [["relays", "wss://r.example"], ["p", _payee.Pubkey]], ""));
        Refused(ZapProblems.WrongRequest, Receipt(Json(note), 21_000));
    }

    [Fact]
    public void A_hash_or_a_preimage_must_fit_where_there_is_one()
    {
        var json = Request();

        Assert.NotNull(Check(Receipt(json, 21_000, about: json), Recipient));
        Refused(ZapProblems.WrongInvoice, Receipt(json, 21_000, about: "something else"));
        Refused(ZapProblems.WrongInvoice, Receipt(json, 21_000, preimage: new('1', 64)));
        Assert.NotNull(Check(Receipt(json, 21_000, preimage: Preimage), Recipient));
    }

    [Fact]
    public void An_lnurl_of_another_server_is_refused_where_we_know_ours()
    {
        var receipt = Receipt(Request(lnurl: "lnurl1other"), 21_000);

        Assert.NotNull(Check(receipt, Recipient));
        var ours = Recipient with { Lnurl = "lnurl1ours" };
        Assert.Null(CheckZap.TryCheck(VerifiedEvent.Trusted(receipt), ours, out var why));
        Assert.Equal(ZapProblems.WrongRecipient.Code, why!.Code);
    }

    /// <summary>What appendix E says that a receipt has, each missing or another.</summary>
    [Fact]
    public void Each_tag_that_a_receipt_must_have_is_asked_for()
    {
        using var other = SecretKey.Generate();
        var about = new string('b', 64);
        var whole = Receipt(Request(target: about), 21_000, target: about);
        Assert.NotNull(Check(whole, Recipient));

        foreach (var name in (string[])["p", "bolt11", "description"])
        {
            Refused(ZapProblems.NotAReceipt, Resigned(whole, tags => [.. tags.Where(tag => tag[0] != name)]));
        }

        Refused(ZapProblems.NotAReceipt, _wallet.Sign(new(9_734, Now, whole.Tags, "")));
        Refused(LightningProblems.NotAnInvoice, Changed("bolt11", "lnbc1nonsense"));
        Refused(ZapProblems.WrongRequest, Changed("description", "nonsense"));
        Refused(ZapProblems.WrongRequest, Changed("e", new('c', 64)));
        Refused(ZapProblems.WrongRequest, Resigned(whole, tags => [.. tags.Where(tag => tag[0] != "e")]));
        Refused(ZapProblems.WrongRequest, Changed("P", other.Pubkey));
        Refused(ZapProblems.WrongRecipient, Changed("p", other.Pubkey));

        NostrEvent Changed(string name, string value) =>
            Resigned(whole, tags => [.. tags.Select(tag => tag[0] == name ? [name, value] : tag)]);
    }

    [Theory]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["e","KEY"],["e","KEY"]]""")]
    [InlineData("""[["p","KEY"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["a","30023:KEY"]]""")]
    [InlineData("""[["relays","wss://r"],["p","KEY"],["P","KEY"],["P","KEY"]]""")]
    [InlineData("""[["relays","wss://r"]]""")]
    public void A_request_inside_that_appendix_D_forbids_is_refused(string tags)
    {
        var parsed = System.Text.Json.JsonSerializer.Deserialize<string[][]>(
            tags.Replace("KEY", _payee.Pubkey, StringComparison.Ordinal))!;
        Refused(ZapProblems.WrongRequest, Receipt(Json(_payer.Sign(new(9_734, Now, parsed, ""))), 21_000));
    }

    NostrEvent Resigned(NostrEvent receipt, Func<string[][], string[][]> change) =>
        _wallet.Sign(new(9_735, Now, change(receipt.Tags), ""));

    [Fact]
    public void A_receipt_made_twice_is_one_event()
    {
        var json = Request();
        var request = Nip57Words.TryReadRequest(json, new(21_000), _wallet.Pubkey, out _)!;
        var template = Nip57Words.Receipt(request, json, "lnbc1", null, Now);

        Assert.Equal(_wallet.Sign(template).Id, _wallet.Sign(template).Id);
        Assert.Equal(_payer.Pubkey, _wallet.Sign(template).Tag("P"));
    }

    public void Dispose()
    {
        _payer.Dispose();
        _payee.Dispose();
        _wallet.Dispose();
    }

    static string Preimage => Convert.ToHexStringLower(SHA256.HashData("preimage"u8));

    void Refused(Problem expected, NostrEvent receipt)
    {
        Assert.Null(CheckZap.TryCheck(VerifiedEvent.Trusted(receipt), Recipient, out var problem));
        Assert.Equal(expected.Code, problem!.Code);
    }

    static CheckedZap? Check(NostrEvent receipt, ZapRecipient of)
    {
        var zap = CheckZap.TryCheck(VerifiedEvent.Trusted(receipt), of, out var problem);
        Assert.Null(problem);
        return zap;
    }

    string Request(
        long? amount = 21_000, string? recipient = null, string? lnurl = null, string? target = null)
    {
        var wanted = new ZapRequest(
            null!, recipient ?? _payee.Pubkey, target, null, null, amount is { } msat ? new Msat(msat) : null, lnurl,
            ["wss://r.example"]);
        return Json(_payer.Sign(Nip57Words.Request(wanted, "Well done.", Now)));
    }

    NostrEvent Receipt(
        string json, long? invoice, SecretKey? signer = null, string? about = null, string? preimage = null,
        string? target = null)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(Preimage)));
        var bolt11 = Bolt11.Write(
            new("bcrt", invoice is { } msat ? new Msat(msat) : null, Now, hash, new('2', 64))
            {
                Description = about is null ? "zap" : null,
                DescriptionHash = about is null
                    ? null
                    : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(about))),
            },
            Node);
        string[][] extra =
        [
            .. preimage is null ? [] : new[] { new[] { "preimage", preimage } },
            .. target is null ? [] : new[] { new[] { "e", target } },
        ];
        return (signer ?? _wallet).Sign(new(
            9_735, Now,
            [["p", _payee.Pubkey], ["P", _payer.Pubkey], ["bolt11", bolt11], ["description", json], .. extra], ""));
    }

    static string Json(NostrEvent e) => Encoding.UTF8.GetString(EventJson.Write(e));
}
