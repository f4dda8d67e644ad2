using System.Text;

namespace Aurelian.UnitTests.Detection.Sigma;

public sealed class ModifierTests
{
    [Theory]
    [InlineData("Image: /usr/bin/curl", true)]
    [InlineData("Image: /USR/bin/CURL", true)]
    [InlineData("Image|cased: /USR/bin/CURL", false)]
    [InlineData("Image|endswith: /curl", true)]
    [InlineData("Image|endswith: /url", false)]
    [InlineData("Image|startswith: /usr", true)]
    [InlineData("Image|startswith: usr", false)]
    [InlineData("CommandLine|contains: '-T secret'", true)]
    [InlineData("CommandLine|contains: '-T  secret'", false)]
    [InlineData("CommandLine|contains|all: [secret, example]", true)]
    [InlineData("CommandLine|contains|all: [secret, nothing]", false)]
    [InlineData("CommandLine|contains: [nothing, secret]", true)]
    [InlineData("CommandLine: 'curl -? secret* http*'", true)]
    [InlineData("CommandLine: 'curl -? secret*x http*'", false)]
    [InlineData("Image: '*'", true)]
    [InlineData("ParentImage: '*'", false)]
    [InlineData("CommandLine|re: 'cur[l]\\s-T'", true)]
    [InlineData("CommandLine|re: 'CURL'", false)]
    [InlineData("CommandLine|re|i: 'CURL\\s+-t'", true)]
    [InlineData("CommandLine|neq: curl", true)]
    [InlineData("Image|neq: /usr/bin/curl", false)]
    [InlineData("ParentImage|exists: false", true)]
    [InlineData("ParentImage|exists: true", false)]
    [InlineData("Image|exists: true", true)]
    [InlineData("ParentImage: null", true)]
    [InlineData("Image: null", false)]
    [InlineData("User: root", true)]
    [InlineData("CurrentDirectory|startswith: /wor", true)]
    [InlineData("ProcessId: 10", true)]
    [InlineData("ProcessId|gt: 9", true)]
    [InlineData("ProcessId|gte: 10", true)]
    [InlineData("ProcessId|lt: 10", false)]
    [InlineData("ProcessId|lte: 10", true)]
    [InlineData("CommandLine|fieldref: Image", false)]
    [InlineData("CommandLine|fieldref|startswith: User", false)]
    [InlineData("Image|fieldref: Image", true)]
    [InlineData("'|all': ['secret.txt', 'example']", true)]
    public void A_field_is_asked_as_its_modifiers_say(string selection, bool matches) => Assert.Equal(
        matches, SigmaScene.Matches(selection, "/usr/bin/curl", "curl", "-T", "secret.txt", "https://example.org"));

    [Theory]
    [InlineData(@"a\*b", "a*b", true)]
    [InlineData(@"a\*b", "axb", false)]
    [InlineData(@"a\?b", "a?b", true)]
    [InlineData(@"a\\*b", @"a\xxb", true)]
    [InlineData(@"a\\*b", "axxb", false)]
    [InlineData(@"a\\\*b", @"a\*b", true)]
    [InlineData(@"a\b", @"a\b", true)]
    [InlineData(@"a\\b", @"a\b", true)]
    [InlineData("a?b", "ab", false)]
    [InlineData("*", "", true)]
    public void Wildcards_are_escaped_as_the_specification_has_it(string value, string said, bool matches) =>
        Assert.Equal(matches, SigmaScene.Matches($"CommandLine: '{value}'", "/x", said));

    [Fact]
    public void Base64_is_found_at_each_of_its_three_places()
    {
        for (int before = 0; before < 6; before++)
        {
            string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', before) + "bash -i >& z"));

            Assert.True(SigmaScene.Matches("CommandLine|base64offset|contains: 'bash -i'", "/bin/sh", "sh", encoded));
        }

        Assert.False(SigmaScene.Matches(
            "CommandLine|base64offset|contains: 'bash -i'", "/bin/sh", "sh",
            Convert.ToBase64String("bash +i >& z"u8)));
    }

    [Fact]
    public void Wide_text_is_encoded_before_its_base64()
    {
        string encoded = Convert.ToBase64String(Encoding.Unicode.GetBytes("xping"));

        Assert.True(SigmaScene.Matches("CommandLine|wide|base64offset|contains: 'ping'", "/x", encoded));
        Assert.True(SigmaScene.Matches("CommandLine|utf16le|contains: 'ping'", "/x", "xp\0i\0n\0g\0"));
        Assert.True(SigmaScene.Matches("CommandLine|utf16be|contains: 'ping'", "/x", "\0p\0i\0n\0g"));
        Assert.True(SigmaScene.Matches(
            "CommandLine|base64: 'ping'", "/x", Convert.ToBase64String("ping"u8)));
    }

    [Theory]
    [InlineData("/param-name x")]
    [InlineData("-param-name x")]
    [InlineData("\u2013param-name x")]
    public void Windash_takes_every_dash(string said) => Assert.True(
        SigmaScene.Matches("CommandLine|windash|contains: '-param-name x'", "/x", said));

    [Theory]
    [InlineData("10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("11.1.2.3", "10.0.0.0/8", false)]
    [InlineData("::ffff:10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("2001:db8::7", "2001:db8::/32", true)]
    [InlineData("2001:db9::7", "2001:db8::/32", false)]
    [InlineData("203.0.113.7", "0.0.0.0/0", true)]
    public void Networks_hold_their_addresses(string address, string network, bool matches)
    {
        SigmaScene scene = new(SigmaScene.Rule(
            $"selection:\n    DestinationIp|cidr: '{network}'", category: "network_connection"));

        scene.Connect(address, 443);

        Assert.Equal(matches, scene.Found.Any());
    }

    [Theory]
    [InlineData("Image|base64offset|expand: '%x%'", "expand")]
    [InlineData("Image|hour: 3", "hour")]
    [InlineData("Image|greedy: x", "greedy")]
    [InlineData("Image|re|contains: x", "do not go together")]
    [InlineData("Image|cidr: 10.0.0.0/8", "is no address")]
    [InlineData("Hashes|contains: x", "field 'Hashes'")]
    [InlineData("LogonId: 0", "field 'LogonId'")]
    [InlineData("Image|re: '(?=x)y'", "looks around")]
    [InlineData(@"Image|re: '(x)\1'", "looks around or refers back")]
    [InlineData("Image|re: '(x'", "is no regular expression")]
    [InlineData("Image|re: '(x{1000}){1000}'", "repeats more than")]
    [InlineData("Image|gt: x", "is no number")]
    [InlineData("Image|exists: maybe", "neither true nor false")]
    [InlineData("Image|base64: 'a*b'", "has no base64 form")]
    public void What_cannot_be_honoured_is_refused_by_name(string selection, string reason) => Assert.Contains(
        reason, SigmaScene.Refused(SigmaScene.Rule($"selection:\n    {selection}")), StringComparison.Ordinal);
}
