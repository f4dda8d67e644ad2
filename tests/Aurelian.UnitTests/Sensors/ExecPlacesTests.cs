using System.Text;
using Aurelian.Sensors;

namespace Aurelian.UnitTests.Sensors;

public sealed class ExecPlacesTests
{
    [Fact]
    public void Names_from_the_leaf_up_become_paths_one_after_another()
    {
        ReadOnlySpan<byte> places = "sed\0bin\0usr\0\0workspace\0\0rest"u8;

        Assert.Equal("/usr/bin/sed", ExecPlaces.Take(ref places));
        Assert.Equal("/workspace", ExecPlaces.Take(ref places));
        Assert.Equal("rest", Encoding.UTF8.GetString(places));
    }

    [Fact]
    public void The_root_has_no_name()
    {
        ReadOnlySpan<byte> places = "\0"u8;

        Assert.Equal("/", ExecPlaces.Take(ref places));
    }

    [Fact]
    public void What_is_in_no_folder_has_no_slash_and_a_file_of_that_name_has()
    {
        ReadOnlySpan<byte> nowhere = "memfd:x\0\0"u8, somewhere = "memfd:x\0tmp\0\0"u8;

        Assert.Equal("memfd:x", ExecPlaces.Take(ref nowhere));
        Assert.Equal("/tmp/memfd:x", ExecPlaces.Take(ref somewhere));
    }

    [Fact]
    public void Bytes_without_an_end_are_read_to_theirs()
    {
        ReadOnlySpan<byte> places = "sed\0bi"u8;

        Assert.Equal("/bi/sed", ExecPlaces.Take(ref places));
        Assert.True(places.IsEmpty);
    }
}
