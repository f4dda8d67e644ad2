using Aurelian.Detection;

namespace Aurelian.UnitTests.Detection;

public sealed class TextKeyTests
{
    [Fact]
    public void A_short_text_is_itself_and_a_long_one_is_not_kept()
    {
        TextKey longest = new string('a', TextKey.TextMax), longer = new string('a', TextKey.TextMax + 1);

        Assert.Equal(new string('a', TextKey.TextMax), longest.Text);
        Assert.Null(longer.Text);
        Assert.Equal(new string('a', TextKey.TextMax + 1), longer);
    }

    [Fact]
    public void Long_texts_that_differ_at_their_end_alone_are_two() =>
        Assert.NotEqual<TextKey>(new string('a', 4000) + "b", new string('a', 4000) + "c");

    [Fact]
    public void Nothing_is_no_empty_text() => Assert.NotEqual<TextKey>((string?)null, "");
}
