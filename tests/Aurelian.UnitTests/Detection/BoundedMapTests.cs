using Aurelian.Detection;

namespace Aurelian.UnitTests.Detection;

public sealed class BoundedMapTests
{
    [Fact]
    public void The_oldest_is_forgotten_first()
    {
        BoundedMap<int, string> map = new(2);
        map.Set(1, "a");
        map.Set(2, "b");
        map.Set(3, "c");

        Assert.Equal([2, 3], map.Entries.Select(entry => entry.Key).Order());
    }

    [Fact]
    public void Entries_that_come_and_go_push_nothing_out()
    {
        BoundedMap<int, string> map = new(4);
        map.Set(0, "stays");
        for (int key = 1; key < 1000; key++)
        {
            map.Set(key, "goes");
            map.Remove(key);
        }

        map.Set(1, "again");
        Assert.Equal("stays", map.Find(0));
        Assert.Equal("again", map.Find(1));
        Assert.True(map.Waiting <= 8);
    }
}
