namespace Aurelian.UnitTests.Detection.Sigma;

public sealed class CorrelationTests
{
    private static readonly string Curl =
        SigmaScene.Rule("selection:\n    Image|endswith: /curl", name: "curl_run");

    private static readonly string Tar = SigmaScene.Rule("selection:\n    Image|endswith: /tar", name: "tar_run");

    private static readonly string Connects = SigmaScene.Rule(
        "selection:\n    Initiated: 'true'", category: "network_connection", name: "connects");

    [Fact]
    public void Events_are_counted_within_their_time()
    {
        SigmaScene scene = new(Curl, Correlation("event_count", "[curl_run]", "gte: 3", "[User]"));

        scene.Exec(10, "/usr/bin/curl").Exec(11, "/usr/bin/curl");
        Assert.Empty(scene.Findings);
        scene.Exec(12, "/usr/bin/curl");

        Assert.Equal(["together"], scene.Found);
        Assert.Equal([1, 2, 3], scene.Findings[0].Evidence);
    }

    [Fact]
    public void What_is_older_than_the_timespan_counts_no_more()
    {
        SigmaScene scene = new(Curl, Correlation("event_count", "[curl_run]", "gte: 3", "[User]"));

        for (int at = 0; at < 20; at++)
        {
            scene.Exec(10, "/usr/bin/curl").After(40);
        }

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void Groups_and_sandboxes_are_counted_apart()
    {
        SigmaScene scene = new(Connects, Correlation("event_count", "[connects]", "gte: 3", "[DestinationIp]"));

        for (int at = 0; at < 6; at++)
        {
            scene.Connect($"203.0.113.{at % 3}", 80);
        }

        Assert.Empty(scene.Findings);
        scene.Connect("203.0.113.1", 80);
        Assert.Equal(["together"], scene.Found);
    }

    [Fact]
    public void Values_are_counted_once_each()
    {
        SigmaScene scene = new(
            Connects, Correlation("value_count", "[connects]", "{field: DestinationPort, gte: 4}", "[DestinationIp]"));

        for (int at = 0; at < 30; at++)
        {
            scene.Connect("203.0.113.1", 80 + (at % 3));
        }

        Assert.Empty(scene.Findings);
        scene.Connect("203.0.113.1", 443);
        Assert.Equal(["together"], scene.Found);
    }

    [Fact]
    public void Rules_come_together_in_any_order()
    {
        SigmaScene scene = new(Curl, Tar, Correlation("temporal", "[tar_run, curl_run]", null, "[User]"));

        scene.Exec(10, "/usr/bin/curl").Exec(11, "/usr/bin/curl").After(59).Exec(12, "/usr/bin/tar");

        Assert.Equal(["together"], scene.Found);
        Assert.Equal([2, 3], scene.Findings[0].Evidence);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rules_come_in_the_order_written_where_that_is_asked(bool inOrder)
    {
        SigmaScene scene = new(Curl, Tar, Correlation("temporal_ordered", "[tar_run, curl_run]", null, "[]"));

        scene.Exec(10, inOrder ? "/usr/bin/tar" : "/usr/bin/curl").Exec(11, inOrder ? "/usr/bin/curl" : "/usr/bin/tar");

        Assert.Equal(inOrder ? ["together"] : [], scene.Found);
    }

    [Fact]
    public void The_same_rule_twice_in_order_needs_two_events()
    {
        SigmaScene scene = new(Curl, Correlation("temporal_ordered", "[curl_run, curl_run]", null, "[]"));

        scene.Exec(10, "/usr/bin/curl");
        Assert.Empty(scene.Findings);
        scene.Exec(11, "/usr/bin/curl");
        Assert.Equal(["together"], scene.Found);
    }

    [Fact]
    public void An_alias_is_another_field_in_each_rule()
    {
        string asks = SigmaScene.Rule("selection:\n    QueryType: A", category: "dns_query", name: "asks");
        SigmaScene scene = new(asks, Connects, Correlation(
            "temporal", "[asks, connects]", null, "[place]",
            "    aliases:\n        place:\n            asks: QueryResults\n            connects: DestinationIp"));

        scene.Add(new Aurelian.Events.Fact.DnsAsked("a.example", "A", "issued", "198.18.0.1", true))
            .Connect("198.18.0.2", 80);
        Assert.Empty(scene.Findings);
        scene.Connect("198.18.0.1", 80);

        Assert.Equal(["together"], scene.Found);
    }

    [Fact]
    public void A_correlation_may_count_another()
    {
        SigmaScene scene = new(
            Curl, Tar, Correlation("event_count", "[curl_run]", "gte: 3", "[User]", name: "many"),
            Correlation("temporal_ordered", "[many, tar_run]", null, "[User]"));

        scene.Exec(10, "/usr/bin/tar").Exec(10, "/usr/bin/curl").Exec(11, "/usr/bin/curl").Exec(12, "/usr/bin/curl");
        Assert.Empty(scene.Findings);
        scene.Exec(13, "/usr/bin/tar");

        Assert.Equal(["together"], scene.Found);
    }

    [Fact]
    public void Rules_that_are_counted_tell_of_themselves_only_where_asked()
    {
        SigmaScene scene = new(Curl, Correlation(
            "event_count", "[curl_run]", "gte: 2", "[User]", "    generate: true"));

        scene.Exec(10, "/usr/bin/curl").Exec(11, "/usr/bin/curl");

        Assert.Equal(["curl_run", "together"], scene.Found);
    }

    [Theory]
    [InlineData("value_sum", "[curl_run]", "gte: 3", "[User]", "value_sum")]
    [InlineData("event_count", "[nothing]", "gte: 3", "[User]", "'nothing'")]
    [InlineData("event_count", "[curl_run]", "lt: 3", "[User]", "'lt'")]
    [InlineData("event_count", "[curl_run]", "gte: 99999999", "[User]", "'gte'")]
    [InlineData("event_count", "[curl_run]", null, "[User]", "no condition")]
    [InlineData("event_count", "[curl_run]", "gte: 3", "[LogonId]", "'LogonId'")]
    [InlineData("value_count", "[curl_run]", "gte: 3", "[User]", "needs 'field'")]
    [InlineData("event_count", "[together]", "gte: 3", "[User]", "leads back to itself")]
    public void A_correlation_that_cannot_be_honoured_is_refused_by_name(
        string type, string rules, string? condition, string groupBy, string reason)
    {
        SigmaScene scene = new(Curl, Correlation(type, rules, condition, groupBy));

        Assert.Contains(reason, Assert.Single(scene.Rules.Refusals).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_groups_is_bounded()
    {
        SigmaScene scene = new(Connects, Correlation("event_count", "[connects]", "gte: 3", "[DestinationPort]"));
        for (int at = 0; at < 40_000; at++)
        {
            scene.Connect("203.0.113.1", at);
        }

        Assert.Empty(scene.Findings);
        scene.Connect("203.0.113.1", 39_999).Connect("203.0.113.1", 39_999);
        Assert.Equal(["together"], scene.Found);
    }

    private static string Correlation(
        string type, string rules, string? condition, string groupBy, string more = "",
        string name = "together") => $"""
        title: Together
        name: {name}
        correlation:
            type: {type}
            rules: {rules}
            group-by: {groupBy}
            timespan: 1m
        {(condition is null ? "" : condition.StartsWith('{') ? $"    condition: {condition}"
            : $"    condition:\n        {condition}")}
        {more}
        level: high
        """;
}
