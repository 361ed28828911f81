// Slide to the end to send the form: a thumb in a pocket does not deliver a parcel. End key does the same.
const END = 96;

export default function slideConfirm(form) {
  const slide = form.querySelector("[data-slide]");

  slide.addEventListener("change", () => {
    const isDone = Number(slide.value) >= END;
    slide.value = "0";
    if (isDone) form.requestSubmit();
  });
}
