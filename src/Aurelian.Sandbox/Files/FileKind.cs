namespace Aurelian.Sandbox;

internal enum FileKind
{
    Other,
    Regular,
    Folder,
    Link,
}
