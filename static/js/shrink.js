// Large photos are made smaller before they are sent: a phone's 12 megapixels help no search and cost seconds.

const LONGEST = 1600;
const QUALITY = 0.9;
const SMALL_ENOUGH = 600 * 1024;

// A JPEG of at most 1600 pixels a side, turned upright as its EXIF says; the photo itself where it is small already, or
// where this browser cannot read it (the server may know the format).
export async function shrink(photo) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(photo, { imageOrientation: "from-image" });
  } catch {
    return photo;
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && photo.size <= SMALL_ENOUGH) {
    bitmap.close();
    return photo;
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // what was transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return blob && blob.size < photo.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : photo;
}
