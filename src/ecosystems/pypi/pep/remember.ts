/**
 * A pure function of a text that remembers its answers: the versions, requirements and markers of an index repeat, and
 * reading one costs much more than finding it again. What is remembered is thrown away when there is too much of it.
 */
export function remember<Value>(read: (text: string) => Value, most = 50_000): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as Value;
    const value = read(text);
    if (known.size >= most) known.clear();
    known.set(text, value);
    return value;
  };
}
